import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { openLink } from './link.ts'

/** A server that hands each connection to the test, and a link to it. */
async function setUp(onConnection: (socket: Socket) => void) {
  await using stack = new AsyncDisposableStack()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => void server.close())
  const { port } = server.address() as AddressInfo
  const link = stack.use(await openLink({ upstream: { host: '127.0.0.1', port } }))
  const held = stack.move()
  return { link, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

const dial = ({ port }: { port: number }) =>
  connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})

/** Unlike `node:stream/consumers`, leaves the other half of the socket open. */
async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

test('passes every byte on, both ways, at once', async () => {
  await using peer = await setUp((socket) => void socket.pipe(socket))
  const sent = Array.from({ length: 20 }, () => randomBytes(500_000))
  const echoes = await Promise.all(
    sent.map((bytes) => {
      const socket = dial(peer.link)
      socket.end(bytes)
      return readAll(socket)
    }),
  )
  echoes.forEach((echo, index) => expect(echo.equals(sent[index] ?? Buffer.of())).toBe(true))
  await vi.waitFor(() => expect(peer.link.connections()).toBe(0))
})

test('one half may end while the other goes on', async () => {
  await using peer = await setUp(async (socket) => {
    const question = String(await readAll(socket))
    await delay(20)
    socket.end(`you said ${question}`)
  })
  const socket = dial(peer.link)
  socket.end('hello')
  expect(String(await readAll(socket))).toBe('you said hello')
})

test('a slow reader slows the writer: what is held stays bounded', async () => {
  const upstream = Promise.withResolvers<Socket>()
  await using peer = await setUp((socket) => upstream.resolve(socket))
  const socket = dial(peer.link)
  await once(socket, 'connect')
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
})

test('a reset on one side is a reset on the other', async () => {
  await using peer = await setUp((socket) => socket.resetAndDestroy())
  const socket = connect({ port: peer.link.port, host: '127.0.0.1' })
  const [error] = await once(socket, 'error')
  expect(error).toMatchObject({ code: 'ECONNRESET' })
})

test('an upstream that is not there is a reset, and the link goes on', async () => {
  await using link = await openLink({ upstream: { host: '127.0.0.1', port: 1 } })
  for (let attempt = 0; attempt < 3; attempt++) {
    const [error] = await once(connect({ port: link.port, host: '127.0.0.1' }), 'error')
    expect(error).toMatchObject({ code: 'ECONNRESET' })
  }
  await vi.waitFor(() => expect(link.connections()).toBe(0))
})

test('closing ends every connection', async () => {
  await using peer = await setUp(() => {})
  const socket = dial(peer.link)
  await once(socket, 'connect')
  const closed = new Promise((settle) => socket.once('close', settle))
  await peer.link[Symbol.asyncDispose]()
  await closed
})
