import { randomUUID } from 'node:crypto'
import type {
  AcceptanceReceipt,
  Customer,
  CustomerQuoteView,
  QuoteView,
} from '@pet/pet/quoting/quote-view'
import type { QuoteContent } from '@pet/pet/quoting/quote-content'
import type { Person } from './person.ts'

/** A contact with a signed link in hand: who they are, what they see, and the key of their one answer. */
export type Acceptance = { link: string; seen: CustomerQuoteView; key: string }

/** One task for one customer: what a quote is reduced to when the story is about its price. */
export async function oneTaskQuote(
  sales: Person,
  { hourlyRateMinor }: { hourlyRateMinor: number },
): Promise<QuoteContent> {
  const { customers } = await sales.get<{ customers: Customer[] }>('/api/customers')
  const customer = customers[0]
  if (customer === undefined) throw new Error('The demo firm has no customer')
  const task = { id: 'task', title: 'Interfaces', role: 'Engineer' as const, minutes: 2_400 }
  return {
    title: 'Warehouse interfaces',
    customerId: customer.id,
    contactId: customer.contacts[0]?.id ?? null,
    currency: 'EUR',
    sections: [
      {
        kind: 'implementation',
        id: 'section',
        title: 'Implementation',
        milestones: [{ id: 'milestone', title: 'Live', tasks: [{ ...task, hourlyRateMinor }] }],
      },
    ],
  }
}

export async function send(sales: Person, quote: QuoteView): Promise<QuoteView> {
  return sales.post(`/api/quotes/${quote.id}/send`, {}, { version: quote.version })
}

export async function rewrite(
  sales: Person,
  quote: QuoteView,
  content: QuoteContent,
): Promise<QuoteView> {
  return sales.put(`/api/quotes/${quote.id}/content`, { content }, { version: quote.version })
}

/** Begins a new quote that corrects an accepted one. */
export async function correct(
  sales: Person,
  { id }: QuoteView,
  kind: 'delta' | 'replacement',
): Promise<QuoteView> {
  return sales.post(`/api/quotes/${id}/corrections`, { kind })
}

/** The contact opens the link of a sent quote, without an account. */
export async function open(contact: Person, quote: QuoteView): Promise<Acceptance> {
  const token = quote.sent?.linkPath?.split('/').at(-1)
  if (token === undefined) throw new Error(`${quote.number} was not sent`)
  const link = `/api/links/${token}`
  return { link, seen: await contact.get(link), key: randomUUID() }
}

/** The contact accepts what they see. The same key again is the same acceptance. */
export function accept(contact: Person, { link, seen, key }: Acceptance) {
  const body = acceptance(seen)
  return contact.post<AcceptanceReceipt>(`${link}/acceptance`, body, { key })
}

export function acceptance({ documentHash, contactName }: CustomerQuoteView) {
  return { name: contactName ?? 'A contact', documentHash, confirmed: true }
}
