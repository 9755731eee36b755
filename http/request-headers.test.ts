import { afterAll, expect, test } from 'vitest'
import { expectedVersionOf } from './expected-version.ts'
import { commandIdOf } from './idempotency.ts'
import { createHttpServer } from './server.ts'

const app = createHttpServer()
app.get('/command', { config: { policy: 'public' } }, (request) => ({ id: commandIdOf(request) }))
app.get('/version', { config: { policy: 'public' } }, (request) => ({
  version: expectedVersionOf(request),
}))
afterAll(() => app.close())

test.each(['retry-1', 'x'.repeat(128)])('%s is the id of the command', async (key) => {
  const response = await app.inject({ url: '/command', headers: { 'idempotency-key': key } })
  expect(response.json()).toEqual({ id: key })
})

test('a command without a key has an id of its own', async () => {
  const [one, other] = await Promise.all([app.inject('/command'), app.inject('/command')])
  expect(one.json().id).toMatch(/^[0-9a-f-]{36}$/)
  expect(one.json().id).not.toBe(other.json().id)
})

test.each(['', 'two words', 'x'.repeat(129), 'naïve'])('the key "%s" is refused', async (key) => {
  const response = await app.inject({ url: '/command', headers: { 'idempotency-key': key } })
  expect(response.json()).toMatchObject({
    status: 400,
    errors: [{ in: 'header', field: 'Idempotency-Key' }],
  })
})

test.each([
  ['"7"', 7],
  ['7', 7],
  ['"0"', 0],
])('If-Match: %s is version %i', async (sent, version) => {
  const response = await app.inject({ url: '/version', headers: { 'if-match': sent } })
  expect(response.json()).toEqual({ version })
})

test.each(['*', 'W/"7"', '"7", "8"', '-1', '7.5', '"seven"', '1'.repeat(16)])(
  'If-Match: %s is refused',
  async (sent) => {
    const response = await app.inject({ url: '/version', headers: { 'if-match': sent } })
    expect(response.json()).toMatchObject({ status: 400, errors: [{ field: 'If-Match' }] })
  },
)

test('a missing If-Match is asked for', async () => {
  expect((await app.inject('/version')).json()).toMatchObject({
    status: 428,
    code: 'version-required',
  })
})
