import { createHash, randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { invalidRequest } from './problem.ts'

const header = 'Idempotency-Key'

/**
 * The id of the command that a request carries: what the caller sent as `Idempotency-Key`, so that sending it
 * again is harmless, or a new UUID. Throws a 400 problem unless it is 1–128 visible ASCII characters.
 */
export function commandIdOf(request: FastifyRequest): string {
  const sent = request.headers[header.toLowerCase()]
  if (sent === undefined) return randomUUID()
  if (typeof sent === 'string' && /^[\x21-\x7e]{1,128}$/.test(sent)) return sent
  const message = 'Expected 1 to 128 visible ASCII characters, sent once'
  throw invalidRequest([{ in: 'header', field: header, message }])
}

/**
 * SHA-256, in hexadecimal, of what a request asks for: method, path and body as the route's schema read it. Tells a
 * command that is sent again from another one that was given the same key.
 * @param body what of the body counts. @default all of it
 */
export function hashOfRequest(
  { method, url, body: wholeBody }: Pick<FastifyRequest, 'method' | 'url' | 'body'>,
  body: unknown = wholeBody,
): string {
  return createHash('sha256')
    .update(JSON.stringify([method, url, body]))
    .digest('hex')
}
