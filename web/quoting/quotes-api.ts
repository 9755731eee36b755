import { queryOptions } from '@tanstack/react-query'
import type { QuoteContent } from '@pet/pet/quoting/quote-content'
import type {
  AcceptanceReceipt,
  ActivityEntry,
  CorrectionKind,
  Customer,
  CustomerQuoteView,
  QuoteSummary,
  QuoteView,
} from '@pet/pet/quoting/quote-view'
import { request } from '../kit/api.ts'

export const quotesQuery = queryOptions({
  queryKey: ['quotes'],
  queryFn: ({ signal }) => request<{ quotes: QuoteSummary[] }>('GET', '/api/quotes', { signal }),
})

export function quoteQuery(id: string) {
  return queryOptions({
    queryKey: ['quotes', id],
    queryFn: ({ signal }) => request<QuoteView>('GET', quotePath(id), { signal }),
  })
}

export function historyQuery(id: string) {
  return queryOptions({
    queryKey: ['quotes', id, 'history'],
    queryFn: ({ signal }) =>
      request<{ entries: ActivityEntry[] }>('GET', `${quotePath(id)}/history`, { signal }),
  })
}

export const customersQuery = queryOptions({
  queryKey: ['customers'],
  queryFn: ({ signal }) => request<{ customers: Customer[] }>('GET', '/api/customers', { signal }),
  staleTime: 60_000,
})

export function linkQuery(token: string) {
  return queryOptions({
    queryKey: ['links', token],
    queryFn: ({ signal }) => request<CustomerQuoteView>('GET', linkPath(token), { signal }),
    staleTime: 0,
  })
}

export function createQuote(content: QuoteContent): Promise<QuoteView> {
  return request('POST', '/api/quotes', { body: { content } })
}

/** Saves a draft that was written on top of `version`. The same `commandId` twice saves once. */
export function saveContent(
  id: string,
  content: QuoteContent,
  version: number,
  commandId: string,
): Promise<QuoteView> {
  return request('PUT', `${quotePath(id)}/content`, { body: { content }, version, commandId })
}

export function sendQuote(quote: QuoteView): Promise<QuoteView> {
  return request('POST', `${quotePath(quote.id)}/send`, { body: {}, version: quote.version })
}

export function reviseQuote(quote: QuoteView): Promise<QuoteView> {
  return request('POST', `${quotePath(quote.id)}/revise`, { body: {}, version: quote.version })
}

export function withdrawQuote(quote: QuoteView, reason: string): Promise<QuoteView> {
  return request('POST', `${quotePath(quote.id)}/withdraw`, {
    body: { reason },
    version: quote.version,
  })
}

/** Starts a new quote that corrects an accepted one. */
export function correctQuote(quote: QuoteView, kind: CorrectionKind): Promise<QuoteView> {
  return request('POST', `${quotePath(quote.id)}/corrections`, { body: { kind } })
}

export function acceptQuote(
  token: string,
  acceptance: { name: string; documentHash: string },
  commandId: string,
): Promise<AcceptanceReceipt> {
  return request('POST', `${linkPath(token)}/acceptance`, {
    body: { ...acceptance, confirmed: true },
    commandId,
  })
}

export function declineQuote(token: string, reason: string): Promise<CustomerQuoteView> {
  return request('POST', `${linkPath(token)}/rejection`, { body: { reason } })
}

function quotePath(id: string): string {
  return `/api/quotes/${encodeURIComponent(id)}`
}

function linkPath(token: string): string {
  return `/api/links/${encodeURIComponent(token)}`
}
