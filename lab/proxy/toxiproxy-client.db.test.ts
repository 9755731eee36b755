import { expect, test } from 'vitest'
import { Toxiproxy, type ICreateToxicBody, type ToxicAttributeTypes } from 'toxiproxy-node-client'
import { startProxyServer } from './server.ts'
import { dial, echo, endOf, readAll, roundTripMs, startPeer } from './testing/sockets.ts'
import { parseAddress } from './address.ts'
import { streams } from './toxic.ts'

/** Everything here is done by Toxiproxy's public client for Node, as it is on npm. */
async function setUp() {
  await using stack = new AsyncDisposableStack()
  const { address: upstream } = stack.use(await startPeer(echo))
  const server = stack.use(await startProxyServer({ port: 0, seed: 7 }))
  const toxiproxy = new Toxiproxy(server.url)
  const held = stack.move()
  return { upstream, server, toxiproxy, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

const dialAt = (listen: string) => dial({ address: parseAddress('listen', listen) })

const everyType: { type: ICreateToxicBody<never>['type']; attributes: object; changed: object }[] =
  [
    { type: 'latency', attributes: { latency: 80, jitter: 5 }, changed: { latency: 20 } },
    { type: 'bandwidth', attributes: { rate: 100 }, changed: { rate: 200 } },
    { type: 'timeout', attributes: { timeout: 0 }, changed: { timeout: 5_000 } },
    {
      type: 'slicer',
      attributes: { average_size: 100, size_variation: 10, delay: 50 },
      changed: { delay: 10 },
    },
    { type: 'slow_close', attributes: { delay: 100 }, changed: { delay: 10 } },
    { type: 'reset_peer', attributes: { timeout: 1_000 }, changed: { timeout: 500 } },
    { type: 'limit_data', attributes: { bytes: 1_000 }, changed: { bytes: 2_000 } },
  ]

test.each(streams)('adds, reads, changes and removes every toxic %s', async (stream) => {
  await using setup = await setUp()
  const { toxiproxy, upstream } = setup
  const proxy = await toxiproxy.createProxy({ name: 'db', listen: '127.0.0.1:0', upstream })
  for (const { type, attributes, changed } of everyType) {
    const body = { name: `my ${type}`.replace(' ', '-'), type, stream, toxicity: 1, attributes }
    const toxic = await proxy.addToxic<ToxicAttributeTypes>(body as never)
    expect(toxic.toJson()).toEqual(body)
    expect((await proxy.getToxic(toxic.name)).toJson()).toEqual(body)
    const updated = await toxic.update({ ...body, attributes: changed } as never)
    expect(updated.toJson()).toEqual({ ...body, attributes: { ...attributes, ...changed } })
    await toxic.remove()
    await expect(proxy.getToxic(toxic.name)).rejects.toThrow('status code 404')
  }
})

test('what it adds acts, and what it removes acts no more', async () => {
  await using setup = await setUp()
  const { toxiproxy, upstream } = setup
  const proxy = await toxiproxy.createProxy({ name: 'db', listen: '127.0.0.1:0', upstream })
  const socket = await dialAt(proxy.listen)
  const attributes = { latency: 120, jitter: 0 }
  const name = 'slow'
  const toxic = await proxy.addToxic({
    ...{ name, type: 'latency', stream: 'downstream', toxicity: 1 },
    attributes,
  })
  expect(await roundTripMs(socket)).toBeGreaterThan(119.5)
  await toxic.remove()
  expect(await roundTripMs(socket)).toBeLessThan(110)
})

test('disables, enables, resets, populates, removes', async () => {
  await using setup = await setUp()
  const { toxiproxy, upstream } = setup
  expect(JSON.parse(await toxiproxy.getVersion())).toEqual({
    version: expect.stringMatching(/^2\.\d+\.\d+/),
  })
  const proxies = await toxiproxy.populate([
    { name: 'one', listen: '127.0.0.1:0', upstream },
    { name: 'two', listen: '127.0.0.1:0', upstream, enabled: false },
  ])
  const { one, two } = proxies
  expect([one?.enabled, two?.enabled]).toEqual([true, false])
  if (!one || !two) return expect.unreachable()

  const ended = endOf(await dialAt(one.listen))
  const { listen } = one
  const disabled = await one.update({ enabled: false, listen, upstream })
  expect([disabled.enabled, await ended]).toEqual([false, 'end'])
  await expect(dialAt(listen)).rejects.toThrow('ECONNREFUSED')

  await one.addToxic({
    ...{ name: 'cut', type: 'timeout', stream: 'upstream', toxicity: 1 },
    attributes: { timeout: 0 },
  })
  await toxiproxy.reset()
  const all = await toxiproxy.getAll()
  expect([all['one']?.enabled, all['two']?.enabled]).toEqual([true, true])
  const socket = await dialAt(listen)
  socket.end('as before')
  expect(String(await readAll(socket))).toBe('as before')

  await one.remove()
  await expect(toxiproxy.get('one')).rejects.toThrow('status code 404')
  const other = await dialAt((await toxiproxy.get('two')).listen)
  other.end('still there')
  expect(String(await readAll(other))).toBe('still there')
})
