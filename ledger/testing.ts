import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import type { Pool } from 'pg'
import type { Command, Expected } from './command.ts'
import type { EventCatalogue } from './event-catalogue.ts'
import type { Json } from './json.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { ledgerMigrations } from './migrations.ts'

export interface TestLedger extends AsyncDisposable {
  ledger: Ledger
  /** As the application. */
  pool: Pool
  /** As the superuser. */
  owner: Pool
  applicationUrl: string
}

/** A ledger on a database of its own, for a test: `await using log = await testLedger()`. */
export async function testLedger(events?: EventCatalogue): Promise<TestLedger> {
  await using resources = new AsyncDisposableStack()
  const database = resources.use(await testDatabase({ migrations: [ledgerMigrations] }))
  const { pool } = resources.use(usingPool(database.applicationUrl, { max: 8 }))
  const { pool: owner } = resources.use(usingPool(database.ownerUrl, { max: 2 }))
  const ledger = createLedger({ pool, ...(events && { events }) })
  const kept = resources.move()
  const { applicationUrl } = database
  return {
    ...{ ledger, pool, owner, applicationUrl },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** A command that writes `data` to one stream, an event `Noted` for each. */
export function note(
  stream: string,
  { commandId = crypto.randomUUID(), expected = 'any', data = [{}] }: NoteOptions = {},
): Command {
  const events = data.map((item) => ({ type: 'Noted', data: item }))
  return { commandId, actor: 'tester', streams: [{ stream, expected, events }] }
}

type NoteOptions = { commandId?: string; expected?: Expected; data?: Json[] }
