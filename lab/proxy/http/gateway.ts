import { Agent, createServer, ServerResponse, type IncomingMessage } from 'node:http'
import { duplexPair, type Duplex } from 'node:stream'
import type { ConnectionReference } from '../hit-list.ts'
import { exchange, type Client } from './exchange.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { isUpgrade } from './send.ts'

/** Stands between a connection's toxics and the server, and understands HTTP/1.1. */
export type Gateway = {
  /** The stream on which a client's connection is answered. */
  connect(connection: ConnectionReference): Duplex
}

/** Each connection of a client gets one of its own to the server, as if nobody stood between them. */
export function createGateway(options: GatewayOptions): Gateway {
  const clients = new WeakMap<Duplex, Client>()
  const server = createServer({
    // How long anything may take is the client's and the server's business.
    ...{ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 },
    shouldUpgradeCallback: isUpgrade,
  })
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const client = clients.get(request.socket)
    if (client) void exchange(options, { request, response, client })
  }
  server.on('request', onRequest)
  server.on('checkContinue', onRequest)
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    if (head.length > 0) stream.unshift(head)
    const response = new ServerResponse(request)
    response.assignSocket(request.socket)
    response.shouldKeepAlive = false
    response.once('finish', () => stream.end())
    onRequest(request, response)
  })
  return {
    connect: (connection) => {
      const [outside, stream] = duplexPair()
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      clients.set(stream, { connection, agent, stream, busy: 0, server: undefined })
      stream.once('close', () => agent.destroy())
      stream.on('error', () => {})
      server.emit('connection', stream)
      return outside
    },
  }
}
