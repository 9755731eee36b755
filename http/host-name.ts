import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { problem } from './problem.ts'

/**
 * Throws 421 when a request asks for another name than `names`, localhost or an IP address. A page of another site
 * whose name was made to lead here (DNS rebinding) is to its browser the same site: its name gives it away.
 */
export function requireHostName(request: FastifyRequest, names: readonly string[]): void {
  const { host } = request.headers // as it was sent: `request.host` may be what a proxy says
  if (host === undefined) return
  const name = host.replace(/:\d*$/, '').toLowerCase()
  if (name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) > 0) return
  if (names.some((known) => known.toLowerCase() === name)) return
  throw problem(
    421,
    'unknown-host',
    'This server is not known by that name',
    `It answers to localhost, to IP addresses and to: ${names.join(', ')}. Use one of them.`,
  )
}
