import { createServer, type AddressInfo, type Socket } from 'node:net'
import { formatAddress, type Address } from './address.ts'
import { ProxyProblem } from './proxy-problem.ts'

export type ListenerOptions = {
  /** Port 0 takes any free one. */
  address: Address
  /** More at once are refused. */
  mostConnections: number
  onConnection(client: Socket): void
}

export type Listener = { address: Address; close(): Promise<void> }

/** As many may wait to be accepted as the system allows. */
const backlog = 4_096

/** How much a socket may hold that is on its way, in bytes; and when silence is looked into, in ms. */
export const socketOptions = {
  ...{ allowHalfOpen: true, noDelay: true, highWaterMark: 128 * 1024 },
  ...{ keepAlive: true, keepAliveInitialDelay: 60_000 },
}

/** @throws ProxyProblem that says why it can't listen there */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { address, mostConnections, onConnection } = options
  // Nothing is read before the other side is there to take it.
  const server = createServer({ ...socketOptions, pauseOnConnect: true }, onConnection)
  server.maxConnections = mostConnections
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ ...address, backlog }, resolve)
  await promise.catch((error: NodeJS.ErrnoException) => {
    throw refusal(address, error)
  })
  server.off('error', reject)
  server.on('error', () => {}) // a client that could not be accepted; the others can
  const { address: host, port } = server.address() as AddressInfo // it listens on TCP
  return {
    address: { host, port },
    close: () => new Promise((settle) => void server.close(() => settle())),
  }
}

function refusal(address: Address, { code, message }: NodeJS.ErrnoException): Error {
  const place = formatAddress(address)
  switch (code) {
    case 'EADDRINUSE':
      return new ProxyProblem(409, `listen: ${place} is taken; free it, or take another port`)
    case 'EACCES':
      return new ProxyProblem(
        400,
        `listen: ${place} is not allowed to this user; take a port from 1024 on`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ProxyProblem(400, `listen: ${place} is no address of this machine`)
    default:
      return new ProxyProblem(400, `listen: ${place}: ${message}`)
  }
}
