import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backup, type BackupReport } from '@pet/ledger/backup'
import { createLedger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { restore } from '@pet/ledger/restore'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase, type TestDatabase } from '@pet/postgres/testing'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backupContents, derivedTables, passingTables } from './backup-contents.ts'
import { petEvents } from './events.ts'
import { petMigrations } from './migrations.ts'
import { startPet } from './serve.ts'

const migrations = [ledgerMigrations, petMigrations]
const options = { contents: backupContents, migrations }
const resources = new AsyncDisposableStack()
let source: TestDatabase
let owner: Pool
let file: string
let report: BackupReport

/** The demo firm, backed up while customers are added to it. */
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pet-backup-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  file = join(folder, 'pet.backup')
  source = resources.use(await testDatabase())
  await using pet = await startPet({ ownerUrl: source.ownerUrl, port: 0, demo: true })
  owner = resources.use(usingPool(source.ownerUrl)).pool
  await owner.query('select nextval($1::regclass)', ['quoting.quote_number'])
  const load = addCustomers(pet.applicationUrl)
  await load.begun
  report = await backup(owner, backupContents, createWriteStream(file))
  await load.end()
  await pet.settled()
})
afterAll(() => resources.disposeAsync())

function addCustomers(applicationUrl: string) {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  let over = false
  const done = run()

  async function run(): Promise<void> {
    await using application = usingPool(applicationUrl)
    const ledger = createLedger({ pool: application.pool, events: petEvents })
    for (let n = 0; !over; n++) {
      await Promise.all(
        Array.from({ length: 8 }, () =>
          ledger.append({
            ...{ commandId: crypto.randomUUID(), actor: 'system' },
            streams: [
              {
                ...{ stream: `customer-${crypto.randomUUID()}`, expected: 'none' },
                events: [{ type: 'CustomerAdded', data: { name: `Customer ${n}` } }],
              },
            ],
          }),
        ),
      )
      if (n === 5) resolve()
    }
  }
  return {
    begun: Promise.race([begun, done]),
    async end(): Promise<void> {
      over = true
      await done
    },
  }
}

async function tablesOf(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name
     from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and not c.relispartition
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     order by name`,
  )
  return rows.map(({ name }) => name)
}

describe('a backup of PET', () => {
  test('is decided on for each table: kept, made again, or left out', async () => {
    const decided = [...backupContents.tables, ...derivedTables, ...passingTables]
    expect((await tablesOf(owner)).toSorted()).toEqual(decided.toSorted())
  })

  test('taken under load is restored with a log that holds and read models that are the same', async () => {
    expect(report).toMatchObject({ ok: true, firstBroken: null })
    await using target = await testDatabase()
    const restored = await restore(target.ownerUrl, () => createReadStream(file), options)
    const { events, head } = report
    expect(restored).toMatchObject({ ok: true, firstBroken: null, events, head, at: report.at })

    await using pool = usingPool(target.ownerUrl)
    await using pet = await startPet({ ownerUrl: target.ownerUrl, port: 0, demo: false })
    await pet.settled()
    const { rows: later } = await owner.query<{ events: number }>(
      'select count(*)::integer as events from ledger.event',
    )
    expect(later[0]?.events).toBeGreaterThan(events) // it was under load
    for (const [what, query] of Object.entries({
      log: `select event::text from ledger.event where position <= ${events} order by position`,
      keys: 'select * from ledger.person_key order by person',
      quotes: 'select * from quoting.quote_summary order by id',
      customers: `select * from customers.customer where 'customer-' || id in
        (select stream from ledger.event where position <= ${events}) order by id`,
      activity: `select * from activity.entry where position <= ${events} order by position`,
      accounts: 'select * from identity.account order by id',
      secrets: 'select * from identity.secret order by name',
      numbers: 'select last_value, is_called from quoting.quote_number',
    })) {
      const [before, after] = [await owner.query(query), await pool.pool.query(query)]
      expect(before.rows.length, what).toBeGreaterThan(0)
      expect(after.rows, what).toEqual(before.rows)
    }
    const { rows: customers } = await pool.pool.query(
      `select from customers.customer where 'customer-' || id not in (select stream from ledger.event)`,
    )
    expect(customers).toEqual([])
  })

  test('goes into an empty database only, and changes nothing in another', async () => {
    const again = restore(source.ownerUrl, () => createReadStream(file), options)
    await expect(again).rejects.toMatchObject({
      code: 'not-empty',
      message: expect.stringContaining('activity, customers, identity, ledger'),
    })
    expect(await tablesOf(owner)).toContain('ledger.event')
  })

  test.for<[string, (bytes: Buffer) => Buffer, string]>([
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 40), 'cut off'],
    ['cut in half', (bytes) => bytes.subarray(0, bytes.length / 2), 'cut off'],
    ['empty', () => Buffer.alloc(0), 'cut off'],
    ['something else', () => Buffer.from('a letter to somebody'), 'damaged'],
    [
      'changed in a byte',
      (bytes) => flipped(bytes, Math.floor(bytes.length / 2)),
      'damaged|changed',
    ],
  ])('that is %s is refused with the reason and leaves nothing behind', async (given) => {
    const [name, alter, reason] = given
    const altered = `${file}-${name}`
    await writeFile(altered, alter(await readFile(file)))
    await using target = await testDatabase()
    const restoring = restore(target.ownerUrl, () => createReadStream(altered), options)
    await expect(restoring).rejects.toMatchObject({
      code: 'broken-backup',
      message: expect.stringMatching(reason),
    })
    await using pool = usingPool(target.ownerUrl)
    expect(await tablesOf(pool.pool)).toEqual([])
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = copy[at]! ^ 1
  return copy
}
