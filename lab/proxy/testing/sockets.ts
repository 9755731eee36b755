import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Proxy, ProxyOptions } from '../proxy.ts'
import { startProxy } from '../proxy.ts'

/** How long a test waits for what must come at some time. */
export const patience = { timeout: 20_000, interval: 5 }

/** A server that hands each connection over. */
export async function startPeer(
  onConnection: (socket: Socket) => void,
): Promise<{ address: string } & AsyncDisposable> {
  const sockets = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A server, and a proxy before it. */
export async function proxied(
  onConnection: (socket: Socket) => void,
  options: Omit<ProxyOptions, 'upstream'> = {},
): Promise<{ proxy: Proxy } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const { address } = stack.use(await startPeer(onConnection))
  const proxy = stack.use(await startProxy({ ...options, upstream: address }))
  const held = stack.move()
  return { proxy, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

/** A connection to a proxy; its errors are in `socket.errored`. */
export async function dial({ address }: Pick<Proxy, 'address'>): Promise<Socket> {
  const socket = connect({ ...address, allowHalfOpen: true, noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Reads to the end, and leaves the other half open, unlike `node:stream/consumers`. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.once('end', resolve)
  socket.once('close', resolve)
  await promise
  return Buffer.concat(chunks)
}

/** How a connection ends: by a reset, or as it should. */
export async function endOf(socket: Socket): Promise<'reset' | 'end'> {
  const { promise, resolve } = Promise.withResolvers<'reset' | 'end'>()
  socket.once('error', () => resolve('reset'))
  socket.once('end', () => resolve('end'))
  socket.resume()
  return promise
}

/** Sends a word and waits for its echo, for as many ms as come back. */
export async function roundTripMs(socket: Socket, word = 'ping'): Promise<number> {
  const startedAt = performance.now()
  socket.write(word)
  let missing = word.length
  while (missing > 0) missing -= ((await once(socket, 'data')) as [Buffer])[0].length
  return performance.now() - startedAt
}

export const echo = (socket: Socket): void => void socket.pipe(socket)
