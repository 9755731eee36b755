import { randomUUID } from 'node:crypto'
import { createLedger } from '@pet/ledger/ledger'
import { dropDatabase } from '@pet/postgres/database'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import parsePrometheusTextFormat from 'parse-prometheus-text-format'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { petEvents } from '../events.ts'
import { startPet, type Pet } from '../serve.ts'
import { clientOf } from '../testing/client.ts'

const token = 'only-for-this-test-0123456789'
const resources = new AsyncDisposableStack()
let database: { ownerUrl: string; serverUrl: string }
let pet: Pet

beforeAll(async () => {
  database = resources.use(await testDatabase())
  const { ownerUrl } = database
  pet = resources.use(await startPet({ ownerUrl, port: 0, demo: true, metricsToken: token }))
  await pet.settled()
})
afterAll(() => resources.disposeAsync())

const get = (headers: Record<string, string>) => fetch(`${pet.url}/metrics`, { headers })

/** The figures of one projection, by the names of their metrics, and the position of the log. */
async function figuresOf(projection: string): Promise<Record<string, number | string>> {
  const response = await get({ authorization: `Bearer ${token}` })
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const families = parsePrometheusTextFormat(await response.text())
  const figures = families.flatMap(({ name, help, type, metrics }) => {
    expect({ type, help }, name).toEqual({ type: 'GAUGE', help: expect.stringMatching(/\w/) })
    return metrics
      .filter(({ labels }) => (labels?.['projection'] ?? projection) === projection)
      .map(({ value, labels }) => [name, labels?.['state'] ?? Number(value)] as const)
  })
  expect(new Set(figures.map(([name]) => name)).size).toBe(figures.length) // one figure of each
  return Object.fromEntries(figures)
}

describe('/metrics', () => {
  test('is for administrators and for who knows the token', async () => {
    const client = clientOf(pet.url)
    const [sales, administrator] = await Promise.all(
      ['sales', 'administrator'].map((account) => client.signIn(account)),
    )
    const status = async (headers: Record<string, string>) => (await get(headers)).status
    expect(await status({})).toBe(401)
    expect(await status({ cookie: sales! })).toBe(403)
    expect(await status({ cookie: administrator! })).toBe(200)
    expect(await status({ authorization: `Bearer ${token}` })).toBe(200)
    expect(await status({ authorization: `Bearer ${token}x` })).toBe(401)
    // What is wrong is said, and not made up for by a session.
    expect(await status({ authorization: 'Bearer x', cookie: administrator! })).toBe(401)
  })

  test('says how far each projection has come', async () => {
    const { pet_log_position: head, ...caughtUp } = await figuresOf('activity-feed')
    expect(head).toBeGreaterThan(10)
    expect(caughtUp).toEqual({
      pet_projection_position: head,
      pet_projection_lag_events: 0,
      pet_projection_lag_seconds: 0,
      pet_projection_stopped: 0,
      pet_projection_node_state: 'running',
    })
    expect(await figuresOf('quotes')).toMatchObject({ pet_projection_lag_events: 0 })
  })

  test('says how far a rebuild has come while there is one', async () => {
    await using owner = usingPool(database.ownerUrl)
    await owner.pool.query(`select ledger.begin_rebuild('activity-feed', 1, true)`)
    await owner.pool.query(`update ledger.rebuild set checkpoint = 7`)
    expect(await figuresOf('activity-feed')).toMatchObject({ pet_projection_rebuild_position: 7 })
    await owner.pool.query(`select ledger.drop_copies('activity-feed', 'rebuild_activity')`)
    const figures = await figuresOf('activity-feed')
    expect(Object.keys(figures)).not.toContain('pet_projection_rebuild_position')
  })

  test('says that one has stopped, and how much it is behind', async () => {
    await using owner = usingPool(database.ownerUrl)
    await owner.pool.query(
      `alter table activity.entry add constraint poison check (event_type <> 'CustomerAdded') not valid`,
    )
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const before = Number((await figuresOf('activity-feed'))['pet_log_position'])
    await using application = usingPool(pet.applicationUrl)
    const ledger = createLedger({ pool: application.pool, events: petEvents })
    for (const name of ['One', 'Two']) {
      await ledger.append({
        ...{ commandId: randomUUID(), actor: 'system' },
        streams: [
          {
            ...{ stream: `customer-${randomUUID()}`, expected: 'none' },
            events: [{ type: 'CustomerAdded', data: { name } }],
          },
        ],
      })
    }
    await vi.waitFor(
      async () =>
        expect(await figuresOf('activity-feed')).toMatchObject({
          pet_log_position: before + 2,
          pet_projection_position: before,
          pet_projection_lag_events: 2,
          pet_projection_stopped: 1,
          pet_projection_node_state: 'stopped',
        }),
      10_000,
    )
    const first = await figuresOf('activity-feed')
    const later = await figuresOf('activity-feed')
    expect(first['pet_projection_lag_seconds']).toBeGreaterThan(0)
    expect(later['pet_projection_lag_seconds']).toBeGreaterThan(
      Number(first['pet_projection_lag_seconds']),
    )
    expect(JSON.stringify(warned.mock.calls)).toContain('activity-feed stopped')
    warned.mockRestore()
  })

  test('answers 503 when there is nothing to look at, and not zero', async () => {
    await dropDatabase(database.serverUrl, new URL(database.ownerUrl).pathname.slice(1))
    const response = await get({ authorization: `Bearer ${token}` })
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'not-measured' })
  })
})
