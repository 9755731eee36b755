import type { Aggregate } from '../rules/aggregate.ts'
import type { QuoteCommand, QuoteFacts } from './quote-commands.ts'
import type { QuoteEvent } from './quote-events.ts'
import { evolveQuote, noQuote } from './quote-state.ts'
import type { Quote } from './quote-state.ts'
import { quoteFingerprint, quoteStateName, quoteTries } from './quote-walk.ts'
import { quoteRules } from './rules.ts'

export type QuoteAggregate = Aggregate<Quote, QuoteCommand, QuoteFacts, QuoteEvent>

/** A quote: draft → sent → accepted | rejected | withdrawn, with revisions between. */
export const quote: QuoteAggregate = {
  name: 'quote',
  initial: noQuote,
  evolve: evolveQuote,
  rules: quoteRules,
  walk: { tries: quoteTries, stateName: quoteStateName, fingerprint: quoteFingerprint },
}
