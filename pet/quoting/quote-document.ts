import { createHash } from 'node:crypto'
import { canonicalJson } from '@pet/ledger/canonical'
import type { QuoteContent } from './quote-content.ts'
import type { Correction } from './quote-events.ts'
import type { QuoteDocument } from './quote-view.ts'
import { totalsOf } from './totals.ts'

/** What the customer sees of a revision, and what its hash is of. It names no person: who it is for stands beside it. */
export function quoteDocument(
  { number, correction }: { number: string; correction: Correction | null },
  { content, revision }: { content: QuoteContent; revision: number },
  customerName: string,
): QuoteDocument {
  return {
    number,
    revision,
    customerName,
    content,
    totals: totalsOf(content),
    correction: correction && {
      kind: correction.kind,
      parentNumber: correction.parentNumber,
      parentTotalMinor: correction.parentTotalMinor,
    },
  }
}

/** SHA-256, in hexadecimal, of the document's canonical form (RFC 8785). */
export function hashOfDocument(document: QuoteDocument): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex')
}
