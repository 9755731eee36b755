/** Adds to a number in the acceptance as it is stored, in place. */
export function silentCorrection(quoteId: string, field: string, byMinor: number): string {
  return `update ledger.event
    set data = jsonb_set(data, '{${field}}', to_jsonb((data ->> '${field}')::bigint + ${byMinor}))
    where stream = 'quote-${quoteId}' and type = 'QuoteAccepted'`
}
