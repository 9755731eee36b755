import { randomUUID } from 'node:crypto'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { QuoteSummary, QuoteView } from './quoting/quote-view.ts'
import { startPet } from './serve.ts'
import { acceptance, clientOf } from './testing/client.ts'
import type { Client } from './testing/client.ts'

let resources: AsyncDisposableStack
let client: Client
let owner: Pool
let sales: string

beforeAll(async () => {
  resources = new AsyncDisposableStack()
  const { ownerUrl } = resources.use(await testDatabase())
  owner = resources.use(usingPool(ownerUrl)).pool
  client = clientOf(resources.use(await startPet({ ownerUrl, port: 0, demo: true })).url)
  sales = await client.signIn('sales')
})
afterAll(() => resources.disposeAsync())

describe('a command that is sent again', () => {
  test('drafts one quote, and answers with that one', async () => {
    const sending = { as: sales, key: randomUUID(), body: { content: await client.content(sales) } }
    const first = await client.call('POST', '/api/quotes', sending)
    const before = await position()
    expect(await client.call('POST', '/api/quotes', sending)).toEqual(first)
    expect(first.status).toBe(201)
    expect(await position()).toBe(before)
  })

  test('begins one correction, and answers with that one', async () => {
    const { view } = await client.sellTo(sales)
    const sending = { as: sales, key: randomUUID(), body: { kind: 'delta' } }
    const path = `/api/quotes/${view.id}/corrections`
    const first = await client.call('POST', path, sending)
    expect(await client.call('POST', path, sending)).toEqual(first)
    expect(first.status).toBe(201)
  })

  test('may overtake itself: all get the answer of the one that counted', async () => {
    const { link, seen } = await client.sent(sales)
    const sending = { key: randomUUID(), body: acceptance(seen) }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => client.call('POST', `${link}/acceptance`, sending)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })

  test('counts at last when its first try met a version that had moved', async () => {
    const { id, content, version } = await client.draft(sales)
    const path = `/api/quotes/${id}/content`
    const sending = { as: sales, key: randomUUID(), body: { content } }
    expect(await client.call('PUT', path, { ...sending, version: 9 })).toMatchObject({
      status: 412,
    })
    expect(await client.call('PUT', path, { ...sending, version })).toMatchObject({
      status: 200,
      body: { version: 2 },
    })
  })
})

describe('a key that was used for another request is refused, and nothing is lost in silence', () => {
  const refused = { status: 422, body: { code: 'idempotency-key-reused' } }

  test('another edit', async () => {
    const { id, content, version } = await client.draft(sales)
    const path = `/api/quotes/${id}/content`
    const sending = { as: sales, key: randomUUID() }
    await client.call('PUT', path, { ...sending, version, body: { content } })
    const other = { content: { ...content, title: 'Another' } }
    expect(await client.call('PUT', path, { ...sending, version: 2, body: other })).toMatchObject(
      refused,
    )
  })

  test('another quote', async () => {
    const [one, other] = [await client.draft(sales), await client.draft(sales)]
    const sending = { as: sales, key: randomUUID(), version: 1, body: {} }
    await client.call('POST', `/api/quotes/${one.id}/send`, sending)
    expect(await client.call('POST', `/api/quotes/${other.id}/send`, sending)).toMatchObject(
      refused,
    )
  })

  test('another answer of the same contact', async () => {
    const [one, other] = [await client.sent(sales), await client.sent(sales)]
    const key = randomUUID()
    const body = { reason: 'Too dear' }
    await client.call('POST', `${one.link}/rejection`, { key, body })
    expect(
      await client.call('POST', `${other.link}/acceptance`, { key, body: acceptance(other.seen) }),
    ).toMatchObject(refused)
  })
})

describe('what people write', () => {
  test.each([
    ['the NUL character', 'Work\0shops'],
    ['half a character', 'Workshops \ud83d'],
  ])('%s is answered 400 and the field named', async (_, title) => {
    const content = { ...(await client.content(sales)), title }
    expect(
      await client.call('POST', '/api/quotes', { as: sales, body: { content } }),
    ).toMatchObject({ status: 400, body: { errors: [{ field: 'content.title' }] } })
  })

  test('sums that a number can not hold exactly are refused', async () => {
    const line = {
      id: 'l',
      description: 'Scanner',
      quantity: 100_000,
      unitPriceMinor: 92_000_000_000,
    }
    const section = { kind: 'products', id: 's', title: 'Hardware', lines: [line] }
    const content = { ...(await client.content(sales)), sections: [section] }
    expect(
      await client.call('POST', '/api/quotes', { as: sales, body: { content } }),
    ).toMatchObject({ status: 400, body: { errors: [{ field: 'content.sections' }] } })
  })

  test('two sections with one id are refused: each has a sum of its own', async () => {
    const content = await client.content(sales)
    const twice = { ...content, sections: [...content.sections, ...content.sections] }
    expect(
      await client.call('POST', '/api/quotes', { as: sales, body: { content: twice } }),
    ).toMatchObject({ status: 400, body: { errors: [{ field: 'content.sections' }] } })
  })

  test('more than an event holds is answered 413', async () => {
    const content = await client.content(sales)
    const line = { description: 'x'.repeat(200), quantity: 1, unitPriceMinor: 1 }
    const lines = Array.from({ length: 137 }, (_, index) => ({ ...line, id: `line ${index}` }))
    const sections = Array.from({ length: 28 }, (_, index) => ({
      ...{ kind: 'products', id: `section ${index}`, title: 'Hardware' },
      lines,
    }))
    const body = { content: { ...content, sections } }
    expect(JSON.stringify(body).length).toBeLessThan(1024 * 1024)
    expect(await client.call('POST', '/api/quotes', { as: sales, body })).toMatchObject({
      status: 413,
      body: { code: 'event-too-large' },
    })
  })

  test('a section may be called anything, and gets its sum', async () => {
    const content = await client.content(sales)
    const sections = content.sections.map((section) => ({ ...section, id: '__proto__' }))
    const { totals } = await client.post<QuoteView>(sales, '/api/quotes', {
      content: { ...content, sections },
    })
    expect(Object.entries(totals.sectionMinor)).toEqual([['__proto__', 20_000]])
  })
})

describe('a quote that is answered while its next revision is written', () => {
  test.each(['acceptance', 'rejection'])('is listed as it was sent: %s', async (answer) => {
    const { view, link, seen } = await client.sent(sales)
    const { id, content } = view
    const revising = await client.post<QuoteView>(
      sales,
      `/api/quotes/${id}/revise`,
      {},
      view.version,
    )
    await client.call('PUT', `/api/quotes/${id}/content`, {
      as: sales,
      version: revising.version,
      body: { content: { ...content, title: 'Dearer', currency: 'GBP', sections: [] } },
    })
    const body = answer === 'acceptance' ? acceptance(seen) : { reason: 'Too dear' }
    await client.post('', `${link}/${answer}`, body)
    const { quotes } = (await client.call('GET', '/api/quotes', { as: sales })).body as {
      quotes: QuoteSummary[]
    }
    expect(quotes.find((quote) => quote.id === id)).toMatchObject({
      title: 'Workshops',
      currency: 'EUR',
      totalMinor: 20_000,
      revision: 1,
    })
  })
})

test('who only reads quotes gets no link to answer them with', async () => {
  const { view } = await client.sent(sales)
  expect(view.sent?.linkPath).toMatch(/^\/customer\//)
  for (const account of ['finance', 'project-manager', 'administrator']) {
    const as = await client.signIn(account)
    const { body } = await client.call('GET', `/api/quotes/${view.id}`, { as })
    expect(body, account).toMatchObject({ sent: { revision: 1, linkPath: null } })
  }
})

async function position(): Promise<number> {
  const { rows } = await owner.query<{ position: string }>('select position from ledger.head')
  return Number(rows[0]?.position)
}
