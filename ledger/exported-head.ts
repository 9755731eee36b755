import * as z from 'zod'
import { canonicalJson } from './canonical.ts'
import { sha256 } from './event-hash.ts'
import { LedgerError } from './ledger-error.ts'

/**
 * What the log was at one moment: its last position and the chain's hash there. Kept where those
 * who can write to the database can't, it binds everything up to that position.
 */
export type ExportedHead = z.infer<typeof headSchema>

const headSchema = z.strictObject({
  format: z.literal('pet-log-head-1'),
  position: z.int().min(0),
  /** The chain's hash, in hexadecimal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** When it was exported, ISO 8601 in UTC. */
  at: z.iso.datetime(),
  /** SHA-256 over the canonical form (RFC 8785) of the rest: a slip of the pen is noticed. */
  digest: z.string(),
})

export function exportHead(head: { position: number; hash: string }, at: Date): ExportedHead {
  const { position, hash } = head
  const statement = { format: 'pet-log-head-1' as const, position, hash, at: at.toISOString() }
  return { ...statement, digest: digestOf(statement) }
}

/** @throws LedgerError 'invalid-head' when the text is not what `exportHead` made. */
export function parseHead(text: string): ExportedHead {
  const { digest, ...statement } = parseShape(text)
  if (digest === digestOf(statement)) return { ...statement, digest }
  throw new LedgerError(
    'invalid-head',
    'This head was changed: its digest is not that of the rest.',
  )
}

function parseShape(text: string): ExportedHead {
  try {
    return headSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new LedgerError('invalid-head', 'This is not a head that was exported from a log.', {
      cause,
    })
  }
}

function digestOf(statement: Omit<ExportedHead, 'digest'>): string {
  return sha256(canonicalJson(statement)).toString('hex')
}
