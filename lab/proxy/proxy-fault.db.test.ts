import { expect, test } from 'vitest'
import { labFolders, restoreLab } from '../run/open-lab.ts'
import { temporaryHome } from '../testing/temporary-lab.ts'
import { inject } from '../undo/fault.ts'
import { openJournal } from '../undo/journal.ts'
import { proxyFault } from './proxy-fault.ts'
import { startProxyServer } from './server.ts'
import { startPeer, echo } from './testing/sockets.ts'

/** A proxy that outlives the lab, and the journal of a lab. */
async function setUp() {
  await using stack = new AsyncDisposableStack()
  const { home } = stack.use(await temporaryHome())
  const { address: upstream } = stack.use(await startPeer(echo))
  const server = stack.use(await startProxyServer({ port: 0 }))
  const proxy = await server.proxies.create({ name: 'data base', upstream })
  const journal = await openJournal(labFolders(home).journals)
  const held = stack.move()
  return { home, server, proxy, journal, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

const toxic = { type: 'latency', name: 'slow', attributes: { latency: 1 } } as const
const fault = { type: 'status', name: 'broken', attributes: { status: 500 } } as const
const common = { proxy: 'data base', limitMs: 60_000 }

test('a toxic or a fault that is injected ends with its block', async () => {
  await using setup = await setUp()
  const { journal, proxy, server } = setup
  const apiUrl = server.url
  {
    await using _slow = await inject(journal, proxyFault({ ...common, apiUrl, toxic }))
    await using _broken = await inject(journal, proxyFault({ ...common, apiUrl, fault }))
    expect(proxy.toxics.all()).toMatchObject([toxic])
    expect(proxy.faults.all()).toMatchObject([fault])
    expect(await journal.outstanding()).toHaveLength(2)
  }
  expect([...proxy.toxics.all(), ...proxy.faults.all()]).toEqual([])
  expect(await journal.outstanding()).toEqual([])
})

test('what a killed lab left in a proxy that still runs is taken back by restore, once', async () => {
  await using setup = await setUp()
  const { journal, proxy, server, home } = setup
  for (const what of [{ toxic }, { fault }]) {
    const { undo, limitMs, start } = proxyFault({ ...common, apiUrl: server.url, ...what })
    await journal.record(undo, limitMs)
    await start()
  }
  expect(await restoreLab({ home })).toMatchObject({
    undone: ['remove-from-proxy', 'remove-from-proxy'],
    failed: [],
  })
  expect([...proxy.toxics.all(), ...proxy.faults.all()]).toEqual([])
})

test('a proxy that is gone has nothing left to take back', async () => {
  await using setup = await setUp()
  const { journal, server, home } = setup
  await journal.record(proxyFault({ ...common, apiUrl: server.url, toxic }).undo, 60_000)
  await server[Symbol.asyncDispose]()
  expect(await restoreLab({ home })).toMatchObject({ undone: ['remove-from-proxy'], failed: [] })
})

test('what the proxy refuses is said, and nothing stays in the journal', async () => {
  await using setup = await setUp()
  const { journal, server } = setup
  const wrong = { ...toxic, attributes: { latency: -1 } }
  const injecting = inject(journal, proxyFault({ ...common, apiUrl: server.url, toxic: wrong }))
  await expect(injecting).rejects.toThrow('latency: -1 is beyond the limit')
  expect(await journal.outstanding()).toEqual([])
})

test('of one name there is one, and the one that is there is not taken back with the other', async () => {
  await using setup = await setUp()
  const { journal, proxy, server } = setup
  proxy.toxics.add(toxic) // somebody else's
  const injecting = inject(journal, proxyFault({ ...common, apiUrl: server.url, toxic }))
  await expect(injecting).rejects.toThrow('"slow" is there already')
  expect(proxy.toxics.all()).toMatchObject([toxic])
  expect(await journal.outstanding()).toEqual([])
})
