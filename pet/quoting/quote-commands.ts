import type { QuoteContent } from './quote-content.ts'
import type { Correction } from './quote-events.ts'

type Written = { content: QuoteContent; totalMinor: number; soldMinutes: number }

/** What people ask of a quote. Numbers, times, hashes and sums are handed in: deciding reads no clock and no database. */
export type QuoteCommand =
  | ({ type: 'DraftQuote'; number: string; correction: Correction | null } & Written)
  | ({ type: 'EditQuote' } & Written)
  | { type: 'SendQuote'; customerName: string; documentHash: string; linkExpiresAt: string }
  | { type: 'ReviseQuote' }
  | {
      type: 'AcceptQuote'
      /** The hash of the document that the person was looking at. */
      documentHash: string
      acceptedBy: { kind: 'personal'; person: string; value: string | null }
      acceptedAt: string
      contractId: string
    }
  | { type: 'RejectQuote'; reason: string }
  | { type: 'WithdrawQuote'; reason: string }

/** What deciding needs to know of the rest of the world. */
export type QuoteFacts = {
  /** The quote that this one corrects, as it stands now; null where there is none. */
  parent: null | {
    status: 'draft' | 'sent' | 'revising' | 'accepted' | 'rejected' | 'withdrawn'
    isDelta: boolean
    /** Whether it is what the contract stands on: accepted, and no accepted replacement took its place. */
    stands: boolean
    customerId: string | null
    currency: string
  }
}
