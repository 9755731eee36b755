import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export type LinkOptions = {
  /** Where the link leads. */
  upstream: { host: string; port: number }
  /** @default 127.0.0.1 */
  host?: string
  /** @default any free port */
  port?: number
  /** Connections at once; more are refused. @default 1000 */
  mostConnections?: number
  /** How long the upstream may take to accept. @default 10_000 */
  connectTimeoutMs?: number
}

/** A TCP pass-through: the place where faults of the network will act. */
export type Link = AsyncDisposable & {
  host: string
  port: number
  connections(): number
}

/**
 * Listens, and passes every connection on, byte for byte. Either side may end its half while the
 * other goes on; a slow reader slows the writer (64 KiB are held, Node's default); a reset on one
 * side is a reset on the other.
 */
export async function openLink(options: LinkOptions): Promise<Link> {
  const pairs = new Set<Socket>()
  const server = createServer(
    // Nothing is read before the other side is there to take it.
    { allowHalfOpen: true, pauseOnConnect: true, noDelay: true },
    (client) => passOn(client, options, pairs),
  )
  server.maxConnections = options.mostConnections ?? 1_000
  const { address, port } = await listen(server, options)
  return {
    host: address,
    port,
    connections: () => pairs.size / 2,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((settle) => server.close(settle))
      for (const socket of pairs) socket.resetAndDestroy()
      await closed
    },
  }
}

function passOn(
  client: Socket,
  { upstream, connectTimeoutMs = 10_000 }: LinkOptions,
  pairs: Set<Socket>,
): void {
  const server = connect({
    ...upstream,
    allowHalfOpen: true,
    noDelay: true,
  })
  pair(client, server, pairs)
  server.setTimeout(connectTimeoutMs, () => server.resetAndDestroy())
  server.once('connect', () => {
    server.setTimeout(0)
    client.pipe(server)
    server.pipe(client)
  })
}

/** What ends one of two sockets before its time resets the other. */
function pair(one: Socket, other: Socket, pairs: Set<Socket>): void {
  for (const [socket, opposite] of [
    [one, other],
    [other, one],
  ] as const) {
    pairs.add(socket)
    socket.on('error', () => opposite.resetAndDestroy())
    socket.once('close', () => {
      pairs.delete(socket)
      // Both halves ended: the opposite has got all there was, and closes by itself.
      if (!socket.readableEnded) opposite.resetAndDestroy()
    })
  }
}

function listen(
  server: Server,
  { host = '127.0.0.1', port = 0 }: LinkOptions,
): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<AddressInfo>()
  server.once('error', reject)
  server.listen(port, host, () => resolve(server.address() as AddressInfo))
  return promise
}
