import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { backup, type BackupReport } from '@pet/ledger/backup'
import { createLedger, type Command } from '@pet/ledger/ledger'
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
        Array.from({ length: 8 }, () => ledger.append(addCustomer(`Customer ${n}`))),
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
    ['something else', () => Buffer.from('a letter to somebody'), 'something else|damaged'],
    ['one byte short', (bytes) => bytes.subarray(0, -1), 'cut off'],
    ['without its last bytes', (bytes) => bytes.subarray(0, -25), 'cut off'],
    [
      'followed by something',
      (bytes) => Buffer.concat([bytes, bytes]),
      'something follows|damaged',
    ],
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

  test('that was changed with a hash to match is refused by the audit, and leaves nothing behind', async () => {
    const altered = await rewritten((text) =>
      text.replace('"name": "Customer 3"', '"name": "Customer X"'),
    )
    await using target = await testDatabase()
    const restoring = restore(target.ownerUrl, () => createReadStream(altered), options)
    await expect(restoring).rejects.toMatchObject({
      code: 'broken-backup',
      message: expect.stringMatching(/position \d+ of the log in it does not hold/),
    })
    await using pool = usingPool(target.ownerUrl)
    expect(await tablesOf(pool.pool)).toEqual([])
  })

  test('of a log that did not hold is restored as it was, and said not to hold', async () => {
    await using broken = await testDatabase({ migrations })
    await using pool = usingPool(broken.ownerUrl)
    await addOne(broken.applicationUrl)
    await pool.pool.query(
      `begin; set local session_replication_role = replica;
       update ledger.event set actor = 'somebody else'; commit`,
    )
    const target = `${file}-of-broken`
    expect(await backup(pool.pool, backupContents, createWriteStream(target))).toMatchObject({
      ...{ ok: false, firstBroken: 1 },
    })
    await using copy = await testDatabase()
    expect(await restore(copy.ownerUrl, () => createReadStream(target), options)).toMatchObject({
      ...{ ok: false, firstBroken: 1, events: 1 },
    })
  })

  test('is the same whatever dates look like in the database', async () => {
    const name = new URL(source.ownerUrl).pathname.slice(1)
    await owner.query(`alter database ${name} set datestyle = 'SQL, DMY'`)
    await using elsewhere = usingPool(source.ownerUrl, { max: 1 })
    await backup(elsewhere.pool, backupContents, createWriteStream(`${file}-dates`))
    await owner.query(`alter database ${name} reset datestyle`)
    await using target = await testDatabase()
    await restore(target.ownerUrl, () => createReadStream(`${file}-dates`), options)
    await using pool = usingPool(target.ownerUrl)
    const users = 'select * from identity.user order by id'
    expect((await pool.pool.query(users)).rows).toEqual((await owner.query(users)).rows)
  })

  test('of an older PET is brought up to date; one of a newer PET is refused', async () => {
    const folder = new URL(`file://${file}-migrations/`)
    await cp(petMigrations.folder, folder, { recursive: true })
    await writeFile(
      new URL('9999-later.sql', folder),
      `create table customers.later as select count(*)::integer as customers from customers.customer;
       create table customers.kept as select 42 as answer`,
    )
    const contents = {
      ...{ ...backupContents, tables: [...backupContents.tables, 'customers.kept'] },
      since: { 'customers.kept': 'pet/9999-later.sql' },
    }
    const newer = { contents, migrations: [ledgerMigrations, { name: 'pet', folder }] }
    const forgotten = { ...newer, contents: { ...contents, since: {} } }
    await using unknown = await testDatabase()
    await expect(
      restore(unknown.ownerUrl, () => createReadStream(file), forgotten),
    ).rejects.toThrow('it lacks customers.kept')
    await using target = await testDatabase()
    await restore(target.ownerUrl, () => createReadStream(file), newer)
    await using pool = usingPool(target.ownerUrl)
    const { rows } = await pool.pool.query<{ customers: number }>('select * from customers.later')
    expect(rows[0]?.customers).toBeGreaterThan(0) // it ran over what was restored
    await backup(pool.pool, contents, createWriteStream(`${file}-newer`))
    expect(zstdDecompressSync(await readFile(`${file}-newer`)).toString()).toContain('\n42\n\\.')
    await backup(owner, contents, createWriteStream(`${file}-older`)) // of a database that has none yet

    const [last] = (await readdir(petMigrations.folder)).toSorted().slice(-1)
    await rm(new URL(last!, folder))
    await using another = await testDatabase()
    await expect(restore(another.ownerUrl, () => createReadStream(file), newer)).rejects.toThrow(
      `does not know the migration pet/${last}`,
    )
  })
})

/** The backup with other content and a hash that fits it, as one writes it who knows how. */
async function rewritten(change: (text: string) => string): Promise<string> {
  const bytes = await readFile(file)
  const text = change(zstdDecompressSync(bytes).toString())
  const seal = bytes.subarray(-48, -32)
  const content = text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const end = `${JSON.stringify({ end: 'pet-backup-1', sha256 })}\n`
  const packed = zstdCompressSync(content + end)
  const digest = createHash('sha256').update(packed).digest()
  await writeFile(`${file}-rewritten`, Buffer.concat([packed, seal, digest]))
  return `${file}-rewritten`
}

async function addOne(applicationUrl: string): Promise<void> {
  await using application = usingPool(applicationUrl)
  const ledger = createLedger({ pool: application.pool, events: petEvents })
  await ledger.append(addCustomer('One'))
}

function addCustomer(name: string): Command {
  return {
    ...{ commandId: crypto.randomUUID(), actor: 'system' },
    streams: [
      {
        ...{ stream: `customer-${crypto.randomUUID()}`, expected: 'none' },
        events: [{ type: 'CustomerAdded', data: { name } }],
      },
    ],
  }
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = copy[at]! ^ 1
  return copy
}
