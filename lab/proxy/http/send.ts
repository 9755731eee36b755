import { request as sendRequest } from 'node:http'
import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import type { Address } from '../address.ts'
import { endToEnd, hasHeader, trailersOf } from './headers.ts'

export type Sending = {
  request: IncomingMessage
  upstream: Address
  agent: Agent
  /** Aborted when the client is gone: so is then the request to the server. */
  gone: AbortSignal
}

/** Passes a request on with its body as it comes. What it is answered is for the caller. */
export function send({ request, upstream, agent, gone }: Sending): ClientRequest {
  const outgoing = sendRequest({
    ...upstream,
    agent,
    signal: gone,
    method: request.method,
    path: request.url,
    setHost: false,
    headers: requestHeaders(request),
  })
  outgoing.setNoDelay(true)
  if (isUpgrade(request)) return outgoing.end()
  request.pipe(outgoing, { end: false })
  request.once('end', () => {
    if (request.rawTrailers.length > 0) outgoing.addTrailers(trailersOf(request))
    outgoing.end()
  })
  request.once('error', (error) => outgoing.destroy(error))
  return outgoing
}

const withoutBody = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'])

function requestHeaders(request: IncomingMessage): string[] {
  const headers = endToEnd(request.rawHeaders)
  if (isUpgrade(request)) headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket')
  if (request.headers['transfer-encoding'] !== undefined) {
    headers.push('Transfer-Encoding', 'chunked')
  } else if (!hasHeader(headers, 'content-length') && !withoutBody.has(request.method ?? '')) {
    headers.push('Content-Length', '0') // or Node would announce chunks
  }
  return headers
}

/** Any other protocol that a client offers to change to is left out: only WebSocket is passed on. */
export function isUpgrade({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket'
}
