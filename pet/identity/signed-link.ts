import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** What a link lets its holder see and answer: one revision of one quote, until a time. Nothing else. */
const linkScope = z.strictObject({
  quoteId: z.uuid(),
  revision: z.int().min(1),
  expiresAt: z.iso.datetime(),
})
export type LinkScope = z.infer<typeof linkScope>

/** The token of a link: its scope, readable, and an HMAC-SHA256 over it that only this installation can make. */
export function signLink(scope: LinkScope, secret: string): string {
  const payload = Buffer.from(JSON.stringify(linkScope.parse(scope))).toString('base64url')
  return `${payload}.${signature(payload, secret).toString('base64url')}`
}

/** The scope of a token that this installation signed; undefined for any other. Expiry is the caller's to judge. */
export function verifyLink(token: string, secret: string): LinkScope | undefined {
  const [payload = '', signed = '', ...more] = token.split('.')
  if (more.length > 0) return undefined
  const expected = signature(payload, secret)
  const given = Buffer.from(signed, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return linkScope.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
}

function signature(payload: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`link ${payload}`).digest()
}
