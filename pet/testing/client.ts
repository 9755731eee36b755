import type { Customer, CustomerQuoteView, QuoteView } from '../quoting/quote-view.ts'
import type { QuoteContent } from '../quoting/quote-content.ts'

type Sending = { as?: string; version?: number; key?: string; body?: unknown }
export type Answer = { status: number; type: string | undefined; body: unknown }
export type Client = ReturnType<typeof clientOf>

/** Calls a PET as people do; `as` is the cookie that signing in gave. */
export function clientOf(petUrl: string) {
  async function call(
    method: string,
    path: string,
    { as, version, key, body }: Sending = {},
  ): Promise<Answer> {
    const response = await fetch(`${petUrl}${path}`, {
      method,
      headers: {
        ...(as !== undefined && { cookie: as }),
        ...(version !== undefined && { 'if-match': `"${version}"` }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const type = response.headers.get('content-type')?.split(';', 1)[0]
    return { status: response.status, type, body: (await response.json()) as unknown }
  }

  async function post<Body>(
    as: string,
    path: string,
    body: unknown,
    version?: number,
  ): Promise<Body> {
    const answer = await call('POST', path, {
      as,
      body,
      ...(version !== undefined && { version }),
    })
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer)}`)
    return answer.body as Body
  }

  async function signIn(accountId: string): Promise<string> {
    const response = await fetch(`${petUrl}/api/demo/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ accountId }),
    })
    return response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
  }

  return { call, post, signIn, ...sellingWith({ call, post }) }
}

type Calls = {
  call: (method: string, path: string, sending?: Sending) => Promise<Answer>
  post: <Body>(as: string, path: string, body: unknown, version?: number) => Promise<Body>
}

function sellingWith({ call, post }: Calls) {
  /** Two hours at 100 € each, for the first contact of Harbour Foods. */
  async function content(sales: string): Promise<QuoteContent> {
    const { body } = await call('GET', '/api/customers', { as: sales })
    const { customers } = body as { customers: Customer[] }
    const harbour = customers.find(({ name }) => name === 'Harbour Foods')
    return workshops(harbour?.id ?? null, harbour?.contacts[0]?.id ?? null)
  }

  async function draft(sales: string): Promise<QuoteView> {
    return post(sales, '/api/quotes', { content: await content(sales) })
  }

  async function sent(sales: string, drafted?: QuoteView) {
    const { id, version } = drafted ?? (await draft(sales))
    const view = await post<QuoteView>(sales, `/api/quotes/${id}/send`, {}, version)
    const link = `/api/links/${view.sent?.linkPath?.split('/').at(-1)}`
    return { view, link, seen: (await call('GET', link)).body as CustomerQuoteView }
  }

  async function sellTo(sales: string, drafted?: QuoteView) {
    const { view, link, seen } = await sent(sales, drafted)
    await post('', `${link}/acceptance`, acceptance(seen))
    const { body } = await call('GET', `/api/quotes/${view.id}`, { as: sales })
    return { view: body as QuoteView, link }
  }

  async function corrected(
    sales: string,
    { id }: QuoteView,
    kind: 'delta' | 'replacement',
    sections: QuoteContent['sections'],
  ): Promise<QuoteView> {
    const drafted = await post<QuoteView>(sales, `/api/quotes/${id}/corrections`, { kind })
    const edited = await call('PUT', `/api/quotes/${drafted.id}/content`, {
      as: sales,
      version: drafted.version,
      body: { content: { ...drafted.content, sections } },
    })
    return (await sellTo(sales, edited.body as QuoteView)).view
  }

  return { content, draft, sent, sellTo, corrected }
}

export function acceptance({ documentHash }: CustomerQuoteView) {
  return { name: 'Hannah Reyes', documentHash, confirmed: true }
}

function workshops(customerId: string | null, contactId: string | null): QuoteContent {
  const task = {
    id: 't',
    title: 'Workshop',
    role: 'Engineer' as const,
    minutes: 120,
    hourlyRateMinor: 10_000,
  }
  return {
    title: 'Workshops',
    customerId,
    contactId,
    currency: 'EUR',
    sections: [
      {
        kind: 'implementation',
        id: 's',
        title: 'Implementation',
        milestones: [{ id: 'm', title: 'Live', tasks: [task] }],
      },
    ],
  }
}
