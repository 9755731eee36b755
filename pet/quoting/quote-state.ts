import type { z } from 'zod'
import type { QuoteContent } from './quote-content.ts'
import type { Correction, QuoteEvent, quoteEvents } from './quote-events.ts'

type Written = { content: QuoteContent; totalMinor: number; soldMinutes: number }
export type SentRevision = Written & {
  revision: number
  customerName: string
  documentHash: string
  linkExpiresAt: string
}
type Acceptance = z.infer<typeof quoteEvents.QuoteAccepted>
type Named = { number: string; correction: Correction | null }

/** Where a quote stands. While it is being revised, the sent revision stands until the next one is sent. */
export type Quote =
  | { status: 'none' }
  | (Named & { status: 'draft'; revision: number; draft: Written })
  | (Named & { status: 'sent'; sent: SentRevision })
  | (Named & { status: 'revising'; sent: SentRevision; revision: number; draft: Written })
  | (Named & { status: 'accepted'; sent: SentRevision; acceptance: Acceptance })
  | (Named & { status: 'rejected'; sent: SentRevision; reason: string })
  | (Named & { status: 'withdrawn'; last: Written & { revision: number }; reason: string })

export type ExistingQuote = Exclude<Quote, { status: 'none' }>

export const noQuote: Quote = { status: 'none' }

export function evolveQuote(quote: Quote, event: QuoteEvent): Quote {
  if (event.type === 'QuoteDrafted') {
    const { number, correction, ...draft } = event.data
    return { status: 'draft', number, correction, revision: 1, draft }
  }
  if (quote.status === 'none') throw new Error(`${event.type} in a quote that was never drafted`)
  const { number, correction } = quote
  switch (event.type) {
    case 'QuoteEdited':
      return quote.status === 'draft' || quote.status === 'revising'
        ? { ...quote, draft: event.data }
        : misplaced(quote, event)
    case 'QuoteSent':
      return { status: 'sent', number, correction, sent: event.data }
    case 'QuoteRevised':
      return quote.status === 'sent'
        ? {
            ...quote,
            status: 'revising',
            revision: event.data.revision,
            draft: writtenIn(quote.sent),
          }
        : misplaced(quote, event)
    case 'QuoteAccepted':
      return hasSent(quote)
        ? { status: 'accepted', number, correction, sent: quote.sent, acceptance: event.data }
        : misplaced(quote, event)
    case 'QuoteRejected':
      return hasSent(quote)
        ? { status: 'rejected', number, correction, sent: quote.sent, reason: event.data.reason }
        : misplaced(quote, event)
    case 'QuoteWithdrawn':
      return {
        status: 'withdrawn',
        number,
        correction,
        last: latestWritten(quote),
        reason: event.data.reason,
      }
  }
}

/** What the quote says now: the draft where there is one, else the revision that was sent last. */
export function latestWritten(quote: ExistingQuote): Written & { revision: number } {
  switch (quote.status) {
    case 'draft':
    case 'revising':
      return { ...quote.draft, revision: quote.revision }
    case 'withdrawn':
      return quote.last
    case 'sent':
    case 'accepted':
    case 'rejected':
      return { ...writtenIn(quote.sent), revision: quote.sent.revision }
  }
}

function writtenIn({ content, totalMinor, soldMinutes }: SentRevision): Written {
  return { content, totalMinor, soldMinutes }
}

function hasSent(quote: ExistingQuote): quote is Extract<ExistingQuote, { sent: SentRevision }> {
  return 'sent' in quote
}

function misplaced(quote: ExistingQuote, event: QuoteEvent): never {
  throw new Error(`${event.type} can't happen to quote ${quote.number} while it is ${quote.status}`)
}
