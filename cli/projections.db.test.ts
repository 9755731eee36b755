import { ledgerMigrations } from '@pet/ledger/migrations'
import { petMigrations } from '@pet/pet/migrations'
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
