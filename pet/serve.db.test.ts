import { randomUUID } from 'node:crypto'
import { audit } from '@pet/ledger/audit'
import { usingPool } from '@pet/postgres/pool'
import { dropDatabase } from '@pet/postgres/database'
import { testDatabase } from '@pet/postgres/testing'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ActivityEntry, QuoteSummary, QuoteView } from './quoting/quote-view.ts'
import { startPet } from './serve.ts'
import type { Pet } from './serve.ts'
import { acceptance, clientOf } from './testing/client.ts'
import type { Client } from './testing/client.ts'

let resources: AsyncDisposableStack
let pet: Pet
let owner: Pool
let client: Client

beforeAll(async () => {
  resources = new AsyncDisposableStack()
  const { ownerUrl } = resources.use(await testDatabase())
  owner = resources.use(usingPool(ownerUrl)).pool
  pet = resources.use(await startPet({ ownerUrl, port: 0, demo: true }))
  client = clientOf(pet.url)
})
afterAll(() => resources.disposeAsync())

describe('PET over HTTP', () => {
  test('says that it is well', async () => {
    expect(await (await fetch(`${pet.url}/api/health`)).json()).toMatchObject({ status: 'ok' })
  })

  test('describes its API as OpenAPI 3.1', async () => {
    const { body } = await client.call('GET', '/api/openapi.json')
    const { openapi, paths } = body as { openapi: string; paths: Record<string, object> }
    expect(openapi).toBe('3.1.0')
    expect(Object.keys(paths)).toContain('/api/quotes/{id}/content')
  })

  test('sells: drafted, sent, accepted by link, made a contract of', async () => {
    const sales = await client.signIn('sales')
    const { view, link } = await client.sellTo(sales)
    expect(view).toMatchObject({
      status: 'accepted',
      accepted: { by: 'Hannah Reyes' },
      allowed: ['CorrectQuote'],
    })
    const { rows } = await owner.query(
      `select data from ledger.event where type = 'ContractMade' and data ->> 'quoteId' = $1`,
      [view.id],
    )
    expect(rows).toMatchObject([
      { data: { totalMinor: 20_000, soldMinutes: 120, currency: 'EUR' } },
    ])
    const seen = await client.call('GET', link)
    expect(seen.body).toMatchObject({
      status: 'accepted',
      documentHash: view.accepted?.documentHash,
    })
  })

  test('an accepted quote refuses a change with 409, the rule and its document; nothing is appended', async () => {
    const sales = await client.signIn('sales')
    const { view } = await client.sellTo(sales)
    const before = await position()
    for (const [method, path, body] of [
      ['PUT', 'content', { content: view.content }],
      ['POST', 'send', {}],
      ['POST', 'revise', {}],
      ['POST', 'withdraw', { reason: 'Wrong price' }],
    ] as const) {
      const answer = await client.call(method, `/api/quotes/${view.id}/${path}`, {
        as: sales,
        version: view.version,
        body,
      })
      expect(answer.type).toBe('application/problem+json')
      expect(answer, path).toMatchObject({
        status: 409,
        body: {
          code: 'refused-by-rule',
          rules: [{ id: 'QUO-4', document: 'quoting-and-pricing' }],
        },
      })
    }
    expect(await position()).toBe(before)
  })

  test('a correction carries the difference, and both totals are shown', async () => {
    const sales = await client.signIn('sales')
    const { view: original } = await client.sellTo(sales)
    const delta = await client.corrected(sales, original, 'delta', [
      {
        kind: 'adjustment',
        id: 's',
        title: 'Correction',
        lines: [{ id: 'l', description: 'Rate', amountMinor: -2_500 }],
      },
    ])
    expect(delta.family).toMatchObject({ originalMinor: 20_000, aggregateMinor: 17_500 })
    const replacement = await client.corrected(
      sales,
      original,
      'replacement',
      original.content.sections,
    )
    expect(replacement.family).toMatchObject({ originalMinor: 20_000, aggregateMinor: 20_000 })
    expect(replacement.family.members.map(({ kind, counts }) => ({ kind, counts }))).toEqual([
      { kind: 'original', counts: false },
      { kind: 'delta', counts: false },
      { kind: 'replacement', counts: true },
    ])
    const now = await client.call('GET', `/api/quotes/${original.id}`, { as: sales })
    expect(now.body).toMatchObject({
      content: original.content,
      version: original.version,
      family: replacement.family,
    })
  })

  test('the same key is the same command: a retry gets the same answer and appends nothing', async () => {
    const sales = await client.signIn('sales')
    const { link, seen } = await client.sent(sales)
    const key = randomUUID()
    const body = acceptance(seen)
    const first = await client.call('POST', `${link}/acceptance`, { body, key })
    const before = await position()
    const again = await client.call('POST', `${link}/acceptance`, { body, key })
    expect(again).toEqual(first)
    expect(await position()).toBe(before)
  })

  test('twelve people accept at once: one does, and one contract is made', async () => {
    const sales = await client.signIn('sales')
    const { view, link, seen } = await client.sent(sales)
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        client.call('POST', `${link}/acceptance`, { body: acceptance(seen) }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(11)
    const { rows } = await owner.query(
      `select count(*)::int as made from ledger.event where type = 'ContractMade' and data ->> 'quoteId' = $1`,
      [view.id],
    )
    expect(rows).toEqual([{ made: 1 }])
  })

  test('two people edit one draft: the second is told the version that it has now', async () => {
    const sales = await client.signIn('sales')
    const drafted = await client.draft(sales)
    const path = `/api/quotes/${drafted.id}/content`
    const body = { content: drafted.content }
    expect(await client.call('PUT', path, { as: sales, version: 1, body })).toMatchObject({
      status: 200,
    })
    expect(await client.call('PUT', path, { as: sales, version: 1, body })).toMatchObject({
      status: 412,
      body: { code: 'version-moved', actual: 2 },
    })
  })

  test.each([
    ['nobody signed in', undefined, 401],
    ['finance', 'finance', 403],
    ['the administrator', 'administrator', 403],
  ])('%s may not write quotes', async (_, account, status) => {
    const as = account === undefined ? undefined : await client.signIn(account)
    const before = await position()
    const body = { content: await client.content(await client.signIn('sales')) }
    expect(await client.call('POST', '/api/quotes', { ...(as && { as }), body })).toMatchObject({
      status,
    })
    expect(await position()).toBe(before)
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['an unknown field', { extra: 1 }, 'extra'],
    ['a wrong type', { content: 'cheap' }, 'content'],
    [
      'money that is no whole number',
      {
        content: {
          sections: [
            {
              kind: 'adjustment',
              id: 'a',
              title: '',
              lines: [{ id: 'l', description: '', amountMinor: 0.5 }],
            },
          ],
        },
      },
      'content.sections.0.lines.0.amountMinor',
    ],
    ['a currency that is none', { content: { currency: 'XXX' } }, 'content.currency'],
    [
      'a customer who does not exist',
      { content: { customerId: randomUUID() } },
      'content.customerId',
    ],
  ])('%s is answered 400 and the field named', async (_, wrong, field) => {
    const sales = await client.signIn('sales')
    const before = await position()
    const good = await client.content(sales)
    const body = {
      content: good,
      ...wrong,
      ...(typeof wrong.content === 'object' && { content: { ...good, ...wrong.content } }),
    }
    const answer = await client.call('POST', '/api/quotes', { as: sales, body })
    expect(answer.status).toBe(400)
    expect(
      (answer.body as { errors: { field: string }[] }).errors.map((error) => error.field),
    ).toContain(field)
    expect(await position()).toBe(before)
  })

  test('malformed JSON is answered 400, a missing If-Match 428', async () => {
    const sales = await client.signIn('sales')
    const headers = { cookie: sales, 'content-type': 'application/json' }
    const malformed = await fetch(`${pet.url}/api/quotes`, {
      method: 'POST',
      headers,
      body: '{"content":',
    })
    expect(malformed.status).toBe(400)
    expect(malformed.headers.get('content-type')).toContain('application/problem+json')
    const drafted = await client.draft(sales)
    const answer = await client.call('POST', `/api/quotes/${drafted.id}/revise`, {
      as: sales,
      body: {},
    })
    expect(answer.status).toBe(428)
  })

  test('a link opens its revision and nothing else', async () => {
    const sales = await client.signIn('sales')
    const { view, link } = await client.sent(sales)
    expect(await client.call('GET', `${link.slice(0, -4)}AAAA`)).toMatchObject({ status: 404 })
    const token = link.split('/').at(-1) ?? ''
    expect(await client.call('GET', `/api/quotes/${view.id}`, { as: token })).toMatchObject({
      status: 401,
    })
    const revised = await client.post<QuoteView>(
      sales,
      `/api/quotes/${view.id}/revise`,
      {},
      view.version,
    )
    await client.post(sales, `/api/quotes/${view.id}/send`, {}, revised.version)
    expect(await client.call('GET', link)).toMatchObject({
      status: 410,
      body: { code: 'revision-superseded' },
    })
  })

  test('the feed tells what happened, who did it and by which rule', async () => {
    const sales = await client.signIn('sales')
    const { view } = await client.sellTo(sales)
    await pet.settled()
    const { body } = await client.call('GET', `/api/quotes/${view.id}/history`, { as: sales })
    const { entries } = body as { entries: ActivityEntry[] }
    expect(
      entries.map(({ actorName, eventType, because }) => [
        actorName,
        eventType,
        because.map(({ id }) => id),
      ]),
    ).toEqual([
      ['Sofia Marsh', 'QuoteDrafted', ['QUO-1']],
      ['Sofia Marsh', 'QuoteSent', ['QUO-3']],
      ['Hannah Reyes (Harbour Foods)', 'QuoteAccepted', ['QUO-12']],
    ])
  })

  test('the demo firm has sold something, and its log holds', async () => {
    const { body } = await client.call('GET', '/api/quotes', { as: await client.signIn('manager') })
    const { quotes } = body as { quotes: QuoteSummary[] }
    const statuses = new Set(quotes.map(({ status }) => status))
    expect([...statuses]).toEqual(expect.arrayContaining(['draft', 'sent', 'accepted']))
    expect(await audit(owner)).toMatchObject({ ok: true, firstBroken: null })
  })

  test('people sign in and out, and reach nothing else of what could change an account', async () => {
    const as = await client.signIn('finance')
    for (const path of ['update-user', 'change-password', 'delete-user', 'sign-up/email'])
      expect(await client.call('POST', `/api/auth/${path}`, { as, body: {} })).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      })
    const body = { email: 'sofia@alder-finch.example', password: 1 }
    expect(await client.call('POST', '/api/auth/sign-in/email', { body })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'password' }] },
    })
  })

  test('a demo account is nobody where the same database is served without the demo', async () => {
    const { ownerUrl } = resources.use(await testDatabase())
    let cookie = ''
    {
      await using demo = await startPet({ ownerUrl, port: 0, demo: true })
      cookie = await clientOf(demo.url).signIn('administrator')
    }
    await using served = await startPet({ ownerUrl, port: 0, demo: false })
    const { call } = clientOf(served.url)
    expect(await call('GET', '/api/session', { as: cookie })).toMatchObject({
      body: { account: null, demo: false },
    })
    expect(await call('GET', '/api/quotes', { as: cookie })).toMatchObject({ status: 401 })
  })

  test('without its database it is not well, and says so', async () => {
    await using database = await testDatabase()
    await using alone = await startPet({ ownerUrl: database.ownerUrl, port: 0, demo: false })
    await dropDatabase(database.serverUrl, new URL(database.ownerUrl).pathname.slice(1))
    const answer = await fetch(`${alone.url}/api/health`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ code: 'no-database' })
  })

  test('production refuses the demo accounts', async () => {
    const { ownerUrl } = resources.use(await testDatabase())
    process.env['NODE_ENV'] = 'production'
    try {
      await expect(startPet({ ownerUrl, port: 0, demo: true })).rejects.toThrow('demo accounts')
    } finally {
      process.env['NODE_ENV'] = 'test'
    }
  })
})

async function position(): Promise<number> {
  const { rows } = await owner.query<{ position: string }>('select position from ledger.head')
  return Number(rows[0]?.position)
}
