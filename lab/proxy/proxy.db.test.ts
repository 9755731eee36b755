import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { startProxy } from './proxy.ts'
import type { ToxicRequest } from './toxic.ts'
import { dial, echo, endOf, proxied, readAll, startPeer, patience } from './testing/sockets.ts'

test('passes every byte on, both ways, at once', async () => {
  await using peer = await proxied(echo)
  const sent = Array.from({ length: 20 }, () => randomBytes(500_000))
  const echoes = await Promise.all(
    sent.map(async (bytes) => {
      const socket = await dial(peer.proxy)
      socket.end(bytes)
      return readAll(socket)
    }),
  )
  echoes.forEach((echoed, index) => expect(echoed.equals(sent[index] ?? Buffer.of())).toBe(true))
  await vi.waitFor(() => expect(peer.proxy.connections()).toBe(0), patience)
  const total = 20 * 500_000
  expect(peer.proxy.bytes()).toEqual({
    upstream: { received: total, sent: total },
    downstream: { received: total, sent: total },
  })
})

test('one half may end while the other goes on', async () => {
  await using peer = await proxied(async (socket) => {
    const question = String(await readAll(socket))
    await delay(20)
    socket.end(`you said ${question}`)
  })
  const socket = await dial(peer.proxy)
  socket.end('hello')
  expect(String(await readAll(socket))).toBe('you said hello')
})

test.each([
  { toxics: [] },
  { toxics: [{ type: 'latency', attributes: { latency: 1 } }] },
  { toxics: [{ type: 'slicer', attributes: { average_size: 10_000 } }, { type: 'slow_close' }] },
] satisfies { toxics: ToxicRequest[] }[])(
  'a slow reader slows the writer: $toxics',
  async ({ toxics }) => {
    const upstream = Promise.withResolvers<Socket>()
    await using peer = await proxied((socket) => upstream.resolve(socket))
    for (const toxic of toxics) peer.proxy.toxics.add(toxic)
    const socket = await dial(peer.proxy)
    const writer = await upstream.promise
    const chunk = Buffer.alloc(1024 * 1024)
    const most = 200
    let written = 0
    for (let drained = true; drained && written < most; written++) {
      const flushed = writer.write(chunk) || once(writer, 'drain').then(() => true)
      drained = await Promise.race([flushed, delay(300, false)])
    }
    expect(written).toBeLessThan(most) // what the system's own buffers took
    writer.end()
    expect((await readAll(socket)).length).toBe(written * chunk.length)
  },
)

test('a reset on one side is a reset on the other, either way', async () => {
  await using fromServer = await proxied((socket) => socket.resetAndDestroy())
  const client = connect(fromServer.proxy.address)
  expect((await once(client, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' })

  const accepted = Promise.withResolvers<Socket>()
  await using fromClient = await proxied((socket) => accepted.resolve(socket))
  const resetting = await dial(fromClient.proxy)
  const server = await accepted.promise
  resetting.resetAndDestroy()
  expect(await endOf(server)).toBe('reset')
  await vi.waitFor(() => expect(fromClient.proxy.connections()).toBe(0), patience)
})

test('an upstream that is not there is a reset, and the proxy goes on', async () => {
  await using proxy = await startProxy({ upstream: '127.0.0.1:1' })
  for (let attempt = 0; attempt < 3; attempt++) {
    const [error] = await once(connect(proxy.address), 'error')
    expect(error).toMatchObject({ code: 'ECONNRESET' })
  }
  await vi.waitFor(() => expect(proxy.connections()).toBe(0), patience)
})

test('its end resets every connection', async () => {
  await using peer = await proxied(() => {})
  const socket = await dial(peer.proxy)
  const ended = endOf(socket)
  await vi.waitFor(() => expect(peer.proxy.connections()).toBe(1), patience)
  await peer.proxy[Symbol.asyncDispose]()
  expect(await ended).toBe('reset')
})

test('a thousand connections at once', async () => {
  await using peer = await proxied(echo)
  const sockets = await Promise.all(Array.from({ length: 1_000 }, () => dial(peer.proxy)))
  await vi.waitFor(() => expect(peer.proxy.connections()).toBe(1_000), patience)
  const answers = await Promise.all(
    sockets.map((socket, index) => {
      socket.end(`I am number ${index}`)
      return readAll(socket)
    }),
  )
  expect(answers.map(String)).toEqual(answers.map((_, index) => `I am number ${index}`))
  await vi.waitFor(() => expect(peer.proxy.connections()).toBe(0), patience)
})

test('no more connections than it may have', async () => {
  await using peer = await proxied(echo, { mostConnections: 1 })
  await using _first = await dial(peer.proxy)
  await vi.waitFor(() => expect(peer.proxy.connections()).toBe(1), patience)
  expect((await readAll(await dial(peer.proxy))).length).toBe(0)
  expect(peer.proxy.connections()).toBe(1)
})

test('disabled it is not there, and what was open is closed; enabled it is back at its place', async () => {
  await using peer = await proxied(echo)
  const { proxy } = peer
  const ended = endOf(await dial(proxy))
  await vi.waitFor(() => expect(proxy.connections()).toBe(1), patience)
  await proxy.change({ enabled: false })
  expect(await ended).toBe('end')
  const [error] = await once(connect(proxy.address), 'error')
  expect(error).toMatchObject({ code: 'ECONNREFUSED' })
  await proxy.change({ enabled: true })
  const socket = await dial(proxy)
  socket.end('back')
  expect(String(await readAll(socket))).toBe('back')
})

test('another upstream is another server from the next connection on', async () => {
  await using one = await startPeer((socket) => void socket.end('one'))
  await using two = await startPeer((socket) => void socket.end('two'))
  await using proxy = await startProxy({ upstream: one.address })
  expect(String(await readAll(await dial(proxy)))).toBe('one')
  await proxy.change({ upstream: two.address })
  expect(String(await readAll(await dial(proxy)))).toBe('two')
})

test('a port that is taken changes nothing', async () => {
  await using peer = await proxied(echo)
  await using other = await startPeer(() => {})
  const before = peer.proxy.describe()
  await expect(peer.proxy.change({ listen: other.address })).rejects.toThrow(/is taken/)
  expect(peer.proxy.describe()).toEqual(before)
  const socket = await dial(peer.proxy)
  socket.end('still here')
  expect(String(await readAll(socket))).toBe('still here')
})

test.each(['nowhere', '127.0.0.1', ':', '127.0.0.1:70000', 'a b:80', '127.0.0.1:0'])(
  'the upstream "%s" is refused with a sentence',
  async (upstream) => {
    await expect(startProxy({ upstream })).rejects.toThrow(/^upstream: .* expected host:port/)
  },
)
