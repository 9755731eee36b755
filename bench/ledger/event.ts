/** What every event of the benchmarks holds, for ours and for its peers. */
export const eventType = 'QuoteLineAdded'

export const eventData = {
  quote: 'Q-2026-0173',
  revision: 2,
  line: { role: 'Consultant', hours: 16, rateMinor: 14_500, currency: 'EUR' },
  note: 'Workshop and migration plan, on site',
}

/** A new stream of its own for each command. */
export const streamOf = (commandId: string): string => `quote-${commandId}`
