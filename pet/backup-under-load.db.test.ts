import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, mkdtemp, open, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from '@pet/ledger/audit'
import { backup, type BackupReport } from '@pet/ledger/backup'
import { createLedger, type Command, type Ledger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { restore } from '@pet/ledger/restore'
import { usingPool } from '@pet/postgres/pool'
import { startServer } from '@pet/postgres/server'
import { testDatabase } from '@pet/postgres/testing'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { backupContents } from './backup-contents.ts'
import { petEvents } from './events.ts'
import { petMigrations } from './migrations.ts'
import { startPet } from './serve.ts'

const events = inject('depth') === 'full' ? 1_000_000 : 6_000
const patienceMs = 900_000
const customersPerCommand = 100
const options = { contents: backupContents, migrations: [ledgerMigrations, petMigrations] }

const resources = new AsyncDisposableStack()
let folder: string
let file: string
let owner: Pool
let report: BackupReport

/** A log of customers with contacts, to which more are added from before the backup until after it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pet-load-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  file = join(folder, 'pet.backup')
  const source = resources.use(await testDatabase())
  await using pet = await startPet({ ownerUrl: source.ownerUrl, port: 0, demo: true })
  owner = resources.use(usingPool(source.ownerUrl, { statementTimeoutMs: patienceMs })).pool
  await using application = usingPool(pet.applicationUrl)
  await using ledger = createLedger({ pool: application.pool, events: petEvents })
  for (let { position } = await ledger.head(); position < events;) {
    await Promise.all(Array.from({ length: 4 }, () => ledger.append(addCustomers())))
    ;({ position } = await ledger.head())
  }
  const load = underLoad(ledger)
  await load.begun
  report = await backup(owner, backupContents, createWriteStream(file))
  await load.end()
  await pet.settled(patienceMs)
}, patienceMs)
afterAll(() => resources.disposeAsync())

function addCustomers(count = customersPerCommand): Command {
  const streams = Array.from({ length: count }, () => {
    const person = (value: string) => ({
      kind: 'personal' as const,
      person: 'somebody',
      value,
    })
    const contact = { contactId: crypto.randomUUID(), name: person('Ada'), email: person('a@b.c') }
    return {
      ...{ stream: `customer-${crypto.randomUUID()}`, expected: 'none' as const },
      events: [
        { type: 'CustomerAdded', data: { name: `Customer ${crypto.randomUUID()}` } },
        { type: 'ContactAdded', data: contact },
      ],
    }
  })
  return { commandId: crypto.randomUUID(), actor: 'system', streams }
}

function underLoad(ledger: Ledger) {
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  let over = false
  const done = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!over) {
        await ledger.append(addCustomers(1))
        resolve()
      }
    }),
  )
  return {
    begun: Promise.race([begun, done]),
    async end(): Promise<void> {
      over = true
      await done
    },
  }
}

/** How many rows there are and a sum of the hashes of each: equal for the same rows in any order. */
async function digestOf(pool: Pool, query: string): Promise<unknown> {
  const { rows } = await pool.query(
    `select count(*), sum(hashtextextended(listed::text, 0)::numeric) as hashes from (${query}) as listed`,
  )
  expect(rows[0]).not.toMatchObject({ count: '0' })
  return rows[0]
}

describe(`a backup of ${events} events under write load`, () => {
  test(
    'is restored into a fresh server: the audit holds, read models are equal',
    { timeout: patienceMs },
    async () => {
      await using server = await startServer({ folder: join(folder, 'postgres'), durable: false })
      const restored = await restore(server.url, () => createReadStream(file), options)
      const { head } = report
      expect(report.events).toBeGreaterThanOrEqual(events)
      expect(restored).toMatchObject({ ok: true, firstBroken: null, events: report.events, head })
      await using pet = await startPet({ ownerUrl: server.url, port: 0, demo: false })
      await pet.settled(patienceMs)
      await using pool = usingPool(server.url, { statementTimeoutMs: patienceMs })
      expect(await audit(pool.pool)).toMatchObject({ ok: true, events: report.events, head })
      expect((await audit(owner)).events).toBeGreaterThan(report.events) // it was under load

      const upTo = `position <= ${report.events}`
      for (const query of [
        `select * from ledger.event where ${upTo}`,
        `select * from customers.customer where 'customer-' || id in (select stream from ledger.event where ${upTo})`,
        `select * from activity.entry where ${upTo}`,
        'select * from quoting.quote_summary',
        'select * from ledger.person_key',
      ]) {
        expect(await digestOf(pool.pool, query), query).toEqual(await digestOf(owner, query))
      }
      const count = 'select count(*)::integer from customers.customer'
      expect((await pool.pool.query(count)).rows[0].count).toBeLessThanOrEqual(report.events / 2)
    },
  )

  test.for([
    ['a bit in its header', (size: number) => flipBit(Math.min(20, size))],
    ['a bit in its middle', (size: number) => flipBit(size >> 1)],
    ['a bit in its tail', (size: number) => flipBit(size - 60)],
    ['a bit in its seal', (size: number) => flipBit(size - 1)],
    ['its last byte cut off', (size: number) => cutTo(size - 1)],
    ['its second half cut off', (size: number) => cutTo(size >> 1)],
    ['something behind its end', (size: number) => append(size)],
  ] as const)('is refused with %s, and says so', { timeout: patienceMs }, async ([, alter]) => {
    const altered = join(folder, 'altered.backup')
    await copyFile(file, altered)
    await alter((await stat(file)).size)(altered)
    await using target = await testDatabase()
    await expect(
      restore(target.ownerUrl, () => createReadStream(altered), options),
    ).rejects.toMatchObject({
      ...{
        code: 'broken-backup',
        message: expect.stringMatching(/damaged|cut off|changed|read/),
      },
    })
    await using pool = usingPool(target.ownerUrl)
    const { rows } = await pool.pool.query(`select from pg_namespace where nspname = 'ledger'`)
    expect(rows).toEqual([])
  })
})

type Altering = (path: string) => Promise<void>

function flipBit(at: number): Altering {
  return async (path) => {
    await using handle = await open(path, 'r+')
    const byte = Buffer.alloc(1)
    await handle.read(byte, 0, 1, at)
    byte[0] = byte[0]! ^ 4
    await handle.write(byte, 0, 1, at)
  }
}

function cutTo(size: number): Altering {
  return async (path) => {
    await using handle = await open(path, 'r+')
    await handle.truncate(size)
  }
}

function append(at: number): Altering {
  return async (path) => {
    await using handle = await open(path, 'r+')
    await handle.write(Buffer.from('and more'), 0, 8, at)
  }
}
