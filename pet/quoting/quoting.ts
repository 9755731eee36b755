import type { Ledger } from '@pet/ledger/ledger'
import type { Pool } from 'pg'
import type { QuoteAggregate } from './quote.ts'

/** What the functions of this area work with. */
export type Quoting = {
  ledger: Ledger
  pool: Pool
  /** The quote and its rules. The lab hands in one with a rule taken out, to see that somebody notices. */
  quote: QuoteAggregate
  /** Signs the links that customers get. */
  linkSecret: string
  firmName: string
  now: () => Temporal.Instant
}

export function quoteStream(id: string): string {
  return `quote-${id}`
}

export function quoteIdOf(stream: string): string {
  return stream.slice('quote-'.length)
}

export function contractStream(id: string): string {
  return `contract-${id}`
}
