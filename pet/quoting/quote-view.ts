import type { QuoteCommand } from './quote-commands.ts'
import type { Currency, QuoteContent } from './quote-content.ts'
import type { QuoteTotals } from './totals.ts'

export type QuoteStatus = 'draft' | 'sent' | 'revising' | 'accepted' | 'rejected' | 'withdrawn'
export type CorrectionKind = 'delta' | 'replacement'

/** A rule as people see it named: in a refusal, in what is still missing, in the feed. */
export type RuleReference = { id: string; document: string; sentence: string }

/** One row of the list of quotes. */
export type QuoteSummary = {
  id: string
  number: string
  title: string
  customerName: string | null
  status: QuoteStatus
  revision: number
  currency: Currency
  totalMinor: number
  correction: { kind: CorrectionKind; parentId: string; parentNumber: string } | null
  updatedAt: string
}

/** One quote of a family: the original, or a correction of it. */
export type FamilyMember = {
  id: string
  number: string
  kind: 'original' | CorrectionKind
  status: QuoteStatus
  totalMinor: number
  /** Whether it counts in the aggregate: accepted, and not replaced by an accepted replacement. */
  counts: boolean
}

/** A quote and its corrections, with what they amount to together. */
export type QuoteFamily = {
  currency: Currency
  members: FamilyMember[]
  originalMinor: number
  aggregateMinor: number
}

/** One quote in full, as people of the firm see it. `version` goes back in `If-Match`. */
export type QuoteView = {
  id: string
  number: string
  version: number
  status: QuoteStatus
  /** The revision that `content` belongs to: while revising, the draft of the next one. */
  revision: number
  content: QuoteContent
  totals: QuoteTotals
  customerName: string | null
  contactName: string | null
  correction: { kind: CorrectionKind; parentId: string; parentNumber: string } | null
  family: QuoteFamily
  /** `linkPath` is for who may write quotes: whoever has it can answer in the customer's place. */
  sent: { revision: number; at: string; documentHash: string; linkPath: string | null } | null
  accepted: { revision: number; at: string; by: string | null; documentHash: string } | null
  closed: { reason: string; at: string } | null
  /** The commands that the quote's rules would let through now. */
  allowed: QuoteCommandName[]
  /** What is missing before it can be sent, all at once, each with its rule. */
  missing: RuleReference[]
}

export type QuoteCommandName = QuoteCommand['type'] | 'CorrectQuote'

/** What the customer's contact sees behind the signed link: the very document that the hash is of. */
export type CustomerQuoteView = {
  firmName: string
  status: QuoteStatus
  document: QuoteDocument
  documentHash: string
  contactName: string | null
  linkExpiresAt: string
  accepted: { at: string; by: string | null; documentHash: string } | null
  /** The sentence that says what can't be undone, shown before accepting. */
  irreversible: string
}

/** The canonical document of one sent revision. Its RFC 8785 form is what `documentHash` is the SHA-256 of. */
export type QuoteDocument = {
  number: string
  revision: number
  customerName: string
  content: QuoteContent
  totals: QuoteTotals
  correction: { kind: CorrectionKind; parentNumber: string; parentTotalMinor: number } | null
}

export type AcceptanceReceipt = {
  number: string
  revision: number
  at: string
  by: string
  documentHash: string
}

/** One entry of the activity feed. */
export type ActivityEntry = {
  position: number
  at: string
  actorName: string
  eventType: string
  sentence: string
  /** The rules that made it happen. */
  because: RuleReference[]
  subject: { kind: 'quote' | 'contract' | 'customer'; id: string; label: string }
}

export type Customer = {
  id: string
  name: string
  contacts: { id: string; name: string | null; email: string | null }[]
}
