import { randomUUID } from 'node:crypto'
import { createLedger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { rebuildProjection } from '@pet/ledger/rebuild'
import { petEvents } from '@pet/pet/events'
import { petMigrations } from '@pet/pet/migrations'
import { petProjections } from '@pet/pet/projections'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import { expect, test } from 'vitest'
import { runPet } from './up/testing/run-pet.ts'

test('pet projections: how they fare, a rebuild, and what there is to name', async () => {
  await using database = await testDatabase({ migrations: [ledgerMigrations, petMigrations] })
  await using empty = await testDatabase()
  const pet = async (DATABASE_URL: string, ...words: string[]) => {
    const run = runPet(['projections', ...words], { DATABASE_URL })
    return { code: await run.exited, output: run.output() }
  }

  const all = await pet(database.ownerUrl, '--json')
  expect(JSON.parse(all.output)).toMatchObject([
    { name: 'activity-feed', kind: 'catching-up', state: 'running', lag: 0, rebuild: null },
    { name: 'customers', kind: 'inline', lag: 0 },
    { name: 'quotes', kind: 'inline', lag: 0 },
  ])
  expect((await pet(database.ownerUrl)).output).toMatch(
    /^name +kind +version +position +lag +state/,
  )
  for (const name of ['activity-feed', 'quotes']) {
    const { code, output } = await pet(database.ownerUrl, 'rebuild', name, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(output)).toMatchObject({ name, position: 0, tables: [{ removed: 0 }] })
  }
  expect(await pet(database.ownerUrl, 'rebuild', 'quots')).toEqual({
    code: 2,
    output: expect.stringContaining('There is activity-feed, customers, quotes.'),
  })
  expect(await pet(empty.ownerUrl)).toEqual({
    code: 2,
    output: expect.stringContaining('no log of PET'),
  })
})

test('pet projections shows how far a rebuild has come while it is under way', async () => {
  await using database = await testDatabase({ migrations: [ledgerMigrations, petMigrations] })
  await using application = usingPool(database.applicationUrl)
  const { pool } = application
  const ledger = createLedger({ pool, events: petEvents })
  for (let n = 1; n <= 30; n += 1) {
    const events = [{ type: 'CustomerAdded', data: { name: `Customer ${n}` } }]
    const streams = [{ stream: `customer-${randomUUID()}`, expected: 'none' as const, events }]
    await ledger.append({ commandId: `add ${n}`, actor: 'system', streams })
  }
  const [feed] = petProjections
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const rebuilding = rebuildProjection({
    ...{ ledger, pool, batchSize: 10 },
    projection: {
      ...feed!,
      async handle(client, events) {
        await feed!.handle(client, events)
        if (events.some(({ position }) => position === 21)) {
          asked.resolve()
          await answered.promise
        }
      },
    },
  })
  await asked.promise
  const run = runPet(['projections'], { DATABASE_URL: database.ownerUrl })
  expect(await run.exited).toBe(0)
  answered.resolve()
  expect(run.output()).toMatch(/^activity-feed .* running; rebuilt beside: 20 of 30 \(66 %\)$/m)
  expect(await rebuilding).toMatchObject({ position: 30 })
  const after = runPet(['projections'], { DATABASE_URL: database.ownerUrl })
  await after.exited
  expect(after.output()).toMatch(/^activity-feed .* 1 +30 +0 +running$/m)
})
