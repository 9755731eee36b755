import type { InjectOptions } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { Account } from './policy.ts'
import { problem } from './problem.ts'
import { createHttpServer, type HttpServer, type HttpServerOptions } from './server.ts'

const open: HttpServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()))
})

function server(options: HttpServerOptions = {}): HttpServer {
  const app = createHttpServer(options)
  open.push(app)
  const body = z.strictObject({
    name: z.string(),
    lines: z.array(z.strictObject({ hours: z.int() })).default([]),
    price: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('fixed'), amount: z.int() }),
        z.strictObject({ kind: z.literal('hourly'), rate: z.int() }),
      ])
      .optional(),
  })
  app.post('/quotes', { config: { policy: 'public' }, schema: { body } }, ({ body }) => ({
    name: body.name,
  }))
  const querystring = z.strictObject({ limit: z.coerce.number().int().default(10) })
  app.get(
    '/quotes',
    { config: { policy: 'public' }, schema: { querystring } },
    ({ query }) => query,
  )
  return app
}

async function failure(app: HttpServer, request: InjectOptions) {
  const response = await app.inject(request)
  expect(response.headers['content-type']).toBe('application/problem+json')
  expect(response.headers['content-security-policy']).toContain("default-src 'self'")
  const body = response.json()
  expect(body).toMatchObject({
    status: response.statusCode,
    instance: expect.stringMatching(/^urn:uuid:/),
  })
  expect(response.body).not.toMatch(/ at |node_modules|\.ts/)
  return body
}

const json = { 'content-type': 'application/json' }

test('a request as described is answered', async () => {
  const response = await server().inject({ method: 'POST', url: '/quotes', payload: { name: 'A' } })
  expect(response.json()).toEqual({ name: 'A' })
})

test.each([
  ['an unknown field', { name: 'A', nmae: 'B' }, 'nmae'],
  ['a field that is missing', {}, 'name'],
  ['a wrong type', { name: 7 }, 'name'],
  ['a wrong type inside a list', { name: 'A', lines: [{ hours: 'two' }] }, 'lines.0.hours'],
  ['an unknown field inside a list', { name: 'A', lines: [{ hours: 2, x: 1 }] }, 'lines.0.x'],
  ['a wrong alternative', { name: 'A', price: { kind: 'free' } }, 'price.kind'],
  ['a wrong field of an alternative', { name: 'A', price: { kind: 'fixed' } }, 'price.amount'],
  ['no object at all', [1], 'body'],
])('%s is refused, and named', async (_, payload, field) => {
  const body = await failure(server(), { method: 'POST', url: '/quotes', payload })
  expect(body).toMatchObject({ status: 400, code: 'invalid-request' })
  expect(body.errors).toContainEqual(expect.objectContaining({ in: 'body', field }))
  expect(body.detail).toContain(field)
})

test('an unknown or wrong query parameter is refused, and named', async () => {
  const unknown = await failure(server(), { url: '/quotes?limt=3' })
  expect(unknown.errors).toEqual([{ in: 'query', field: 'limt', message: 'Unknown field' }])
  const wrong = await failure(server(), { url: '/quotes?limit=many' })
  expect(wrong.errors).toMatchObject([{ in: 'query', field: 'limit' }])
})

test.each([
  ['malformed JSON', '{"name":', 400, 'malformed-json'],
  ['an empty body', '', 400, 'malformed-json'],
  ['a poisoned prototype', '{"__proto__":{"admin":true},"name":"A"}', 400, 'malformed-json'],
  ['a body beyond the limit', JSON.stringify({ name: 'A'.repeat(2000) }), 413, 'body-too-large'],
])('%s is refused', async (_, payload, status, code) => {
  const app = server({ bodyLimitBytes: 1000 })
  const body = await failure(app, { method: 'POST', url: '/quotes', payload, headers: json })
  expect(body).toMatchObject({ status, code })
})

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
  'a body of type %s is refused',
  async (type) => {
    const request = { method: 'POST', url: '/quotes', payload: '{"name":"A"}' } as const
    const body = await failure(server(), { ...request, headers: { 'content-type': type } })
    expect(body).toMatchObject({ status: 415, code: 'unsupported-media-type' })
  },
)

test('what nothing answers is 404, and an address that cannot be read 400', async () => {
  expect(await failure(server(), { url: '/nothing?token=secret' })).toMatchObject({
    status: 404,
    detail: 'Nothing answers GET /nothing.',
  })
  const response = await server().inject({ url: '/quotes/%E0%A4%A' })
  expect(response.json()).toMatchObject({ status: 400, code: 'bad-address' })
})

test('a problem that a handler throws is answered as it is', async () => {
  const app = server()
  app.get('/refused', { config: { policy: 'public' } }, () => {
    const rules = [{ id: 'QUO-4', document: 'quoting-and-pricing', sentence: 'Accepted is final.' }]
    throw problem(409, 'refused', 'A rule refuses it', 'Write a new quote.', { rules })
  })
  expect(await failure(app, { url: '/refused' })).toMatchObject({
    type: 'urn:pet:problem:refused',
    status: 409,
    title: 'A rule refuses it',
    detail: 'Write a new quote.',
    rules: [{ id: 'QUO-4', document: 'quoting-and-pricing', sentence: 'Accepted is final.' }],
  })
})

test('a bug is answered with nothing of its cause', async () => {
  const app = server()
  app.get('/bug', { config: { policy: 'public' } }, () => {
    throw new Error('password=hunter2 at secret.ts')
  })
  const body = await failure(app, { url: '/bug' })
  expect(body).toMatchObject({ status: 500, code: 'internal-error' })
  expect(JSON.stringify(body)).not.toContain('hunter2')
})

test('a handler that takes too long is answered for', async () => {
  const app = server({ handlerTimeoutMs: 20 })
  app.get('/slow', { config: { policy: 'public' } }, () => new Promise(() => {}))
  expect(await failure(app, { url: '/slow' })).toMatchObject({ status: 503, code: 'took-too-long' })
})

test('beyond the rate limit comes 429; a route may have its own, tighter one', async () => {
  const app = server({ requestsPerMinute: 2 })
  const config = { policy: 'public', requestsPerMinute: 1 } as const
  app.get('/tight', { config }, () => 'ok')
  expect((await app.inject('/tight')).statusCode).toBe(200)
  expect(await failure(app, { url: '/tight' })).toMatchObject({ code: 'too-many-requests' })
  expect((await app.inject('/quotes')).statusCode).toBe(200)
  expect(await failure(app, { url: '/nothing' })).toMatchObject({ status: 404 })
  expect(await failure(app, { url: '/nothing' })).toMatchObject({ status: 429 })
})

test('the caller is who a trusted proxy says, and nobody else', async () => {
  const trusting = server({ trustProxy: 'loopback', requestsPerMinute: 1 })
  const from = (address: string) =>
    trusting.inject({ url: '/quotes', headers: { 'x-forwarded-for': address } })
  expect((await from('192.0.2.1')).statusCode).toBe(200)
  expect((await from('192.0.2.2')).statusCode).toBe(200)
  expect((await from('192.0.2.2')).statusCode).toBe(429)
  const own = server({ requestsPerMinute: 1 })
  await own.inject({ url: '/quotes', headers: { 'x-forwarded-for': '192.0.2.1' } })
  const again = await own.inject({ url: '/quotes', headers: { 'x-forwarded-for': '192.0.2.2' } })
  expect(again.statusCode).toBe(429)
})

test('a route without a policy is refused when it is registered', () => {
  expect(() => server().get('/open', () => 'ok')).toThrow('GET /open declares no policy')
  expect(() => server().get('/mine', { config: { policy: 'signed-in' } }, () => 'ok')).toThrow(
    'made without "authenticate"',
  )
})

test('a body that would let unknown fields pass is refused when it is registered', () => {
  const body = z.strictObject({ lines: z.array(z.object({ hours: z.int() })) })
  expect(() =>
    server().post('/lax', { config: { policy: 'public' }, schema: { body } }, () => 'ok'),
  ).toThrow('make it a z.strictObject')
})

test('a token opens what names it, and nothing else', async () => {
  const nobody = async () => undefined
  const app = server({ authenticate: nobody, tokens: { metrics: 'the-token' } })
  const bare = server({ authenticate: nobody })
  for (const one of [app, bare]) {
    one.get('/metrics', { config: { policy: { roles: ['a'], orToken: 'metrics' } } }, () => 'ok')
    one.get('/other', { config: { policy: { roles: ['a'], orToken: 'other' } } }, () => 'ok')
    one.get('/accounts', { config: { policy: { roles: ['a'] } } }, () => 'ok')
  }
  const status = async (to: HttpServer, url: string, authorization: string) =>
    (await to.inject({ url, headers: { authorization } })).statusCode
  expect(await status(app, '/metrics', 'Bearer the-token')).toBe(200)
  expect(await status(app, '/metrics', 'bearer  the-token')).toBe(200)
  for (const wrong of ['Bearer the-toke', 'Bearer the-token2', 'Basic the-token', 'the-token']) {
    expect(await status(app, '/metrics', wrong), wrong).toBe(401)
  }
  for (const url of ['/other', '/accounts']) {
    expect(await status(app, url, 'Bearer the-token'), url).toBe(401)
  }
  expect(await status(bare, '/metrics', 'Bearer undefined')).toBe(401)
})

test('a policy lets in whom it names', async () => {
  const accounts: Record<string, Account> = {
    sam: { id: '1', name: 'Sam', roles: ['sales'] },
    fay: { id: '2', name: 'Fay', roles: ['finance'] },
  }
  const app = server({
    authenticate: async ({ headers }) => {
      const account = accounts[String(headers.cookie)]
      return account && { account }
    },
  })
  app.get(
    '/sales',
    { config: { policy: { roles: ['sales', 'manager'] } } },
    (request) => request.account,
  )
  app.get('/any', { config: { policy: 'signed-in' } }, (request) => request.account)
  app.get('/link', { config: { policy: 'signed-link' } }, (request) => ({
    account: request.account,
  }))

  expect(await failure(app, { url: '/sales' })).toMatchObject({
    status: 401,
    code: 'not-signed-in',
  })
  expect(await failure(app, { url: '/any' })).toMatchObject({ status: 401 })
  const refused = await failure(app, { url: '/sales', headers: { cookie: 'fay' } })
  expect(refused).toMatchObject({ status: 403, code: 'not-permitted' })
  expect(refused.detail).toContain('sales, manager')
  const allowed = await app.inject({ url: '/sales', headers: { cookie: 'sam' } })
  expect(allowed.json()).toEqual(accounts['sam'])
  expect((await app.inject({ url: '/any', headers: { cookie: 'fay' } })).json().name).toBe('Fay')
  expect((await app.inject('/link')).json()).toEqual({ account: null })
})

test('a browser is told where things may come from, and of HTTPS only where there is HTTPS', async () => {
  const plain = (await server().inject('/quotes')).headers
  expect(plain['content-security-policy']).toContain("script-src 'self';")
  expect(plain['content-security-policy']).not.toContain('upgrade-insecure-requests')
  expect(plain['strict-transport-security']).toBeUndefined()
  expect(plain['x-content-type-options']).toBe('nosniff')
  const secure = (await server({ httpsOnly: true }).inject('/quotes')).headers
  expect(secure['content-security-policy']).toContain('upgrade-insecure-requests')
  expect(secure['strict-transport-security']).toContain('max-age=31536000')
})

test.each(['localhost:4400', '127.0.0.1:4400', '[::1]:4400', 'PET.example', '192.0.2.1'])(
  'a server that knows its name is pet.example answers to %s',
  async (host) => {
    const named = createHttpServer({ hostNames: ['pet.example'] })
    named.get('/quotes', { config: { policy: 'public' } }, () => ({}))
    expect(await named.inject({ url: '/quotes', headers: { host } })).toMatchObject({
      statusCode: 200,
    })
    await named.close()
  },
)

// A page of attacker.example whose name leads to 127.0.0.1 could sign in with one click.
test.each(['attacker.example:4400', 'localhost.attacker.example', 'pet.example.attacker.example'])(
  'and not to %s, whatever a proxy says',
  async (host) => {
    const named = createHttpServer({ hostNames: ['pet.example'], trustProxy: true })
    named.get('/quotes', { config: { policy: 'public' } }, () => ({}))
    const answer = await named.inject({
      url: '/quotes',
      headers: { host, 'x-forwarded-host': 'localhost' },
    })
    expect(answer.json()).toMatchObject({ status: 421, code: 'unknown-host' })
    await named.close()
  },
)
