import { randomInt } from 'node:crypto'
import { connect } from '@pet/postgres/connection'
import { usingPool } from '@pet/postgres/pool'
import { inTransaction } from '@pet/postgres/transaction'
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { prepare } from './append.ts'
import { callAppend } from './append-call.ts'
import type { RecordedEvent } from './ledger.ts'
import { createPersonKeys } from './person-keys.ts'
import { catchUp, catchUpInSql, startProjections } from './projections.ts'
import { note, testLedger, type TestLedger } from './testing.ts'

/** `WRITERS_SEED=7 npx vitest run reading-beside` draws the same pauses again. */
const seed = Number(process.env['WRITERS_SEED'] ?? randomInt(1_000_000_000))
const writers = 32
const perWriter = inject('depth') === 'full' ? 100 : 8

/** What a writer does with a transaction that holds the head's lock from the append to its end. */
const transaction = fc.record({
  stream: fc.integer({ min: 0, max: 6 }),
  events: fc.integer({ min: 1, max: 3 }),
  beforeMs: fc.integer({ min: 0, max: 6 }),
  afterMs: fc.integer({ min: 0, max: 6 }),
  end: fc.constantFrom('commit', 'commit', 'commit', 'commit', 'rollback', 'killed'),
})

type Transaction = typeof transaction extends fc.Arbitrary<infer Drawn> ? Drawn : never

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

test(
  `32 writers pause within their transactions, beside long ones: no reader misses, repeats or reorders an event (WRITERS_SEED=${seed})`,
  { timeout: 180_000 },
  async () => {
    await using log = await withSeenTables()
    await using _elsewhere = await openTransaction(inject('postgresUrl'))
    await using _here = await openTransaction(log.applicationUrl)
    await using readers = usingPool(log.applicationUrl, { max: 8 })
    const seen = { bySubscription: [] as RecordedEvent[], byReading: [] as RecordedEvent[] }
    const { signal } = new AbortController()
    const reading = [
      collect(seen.bySubscription, log.ledger.subscribe({ signal, pageSize: 3 })),
      collect(seen.byReading, readAgainAndAgain(log)),
    ]
    await using running = startProjections({
      ...{ ledger: log.ledger, pool: readers.pool, projections: [perEvent, inSql], batchSize: 7 },
    })

    const appended = await writeAll(log)
    await log.ledger.append(note('end'))
    await Promise.all(reading) // while the long transactions are still open
    await running.settled()
    const positions = upTo(appended + 1)
    for (const events of Object.values(seen)) {
      expect(events.map(({ position }) => position)).toEqual(positions)
    }
    expect(seen.bySubscription).toEqual(await log.ledger.readLog({ limit: positions.length }))
    expect(seen.byReading).toEqual(seen.bySubscription)
    expect(await projected(log, 'per_event')).toEqual(positions)
    expect(await projected(log, 'in_sql')).toEqual(positions)
  },
)

/** How many events the writers have appended; each commits, rolls back or is killed as it was drawn. */
async function writeAll({ applicationUrl }: TestLedger): Promise<number> {
  await using database = usingPool(applicationUrl, { max: writers })
  const { pool } = database
  const keys = createPersonKeys()
  const drawn = fc.sample(transaction, { seed, numRuns: writers * perWriter })
  const counts = await Promise.all(upTo(writers).map((writer) => write(writer)))
  return counts.reduce((sum, count) => sum + count, 0)

  async function write(writer: number): Promise<number> {
    let appended = 0
    for (const one of drawn.slice((writer - 1) * perWriter, writer * perWriter)) {
      const outcome = await transact(one).catch((error: Error) => error.message)
      if (one.end === 'commit') expect(outcome).toBe('committed')
      else expect(outcome).toMatch(/comes to nothing|terminat/)
      if (outcome === 'committed') appended += one.events
    }
    return appended
  }

  async function transact({
    stream,
    events,
    beforeMs,
    afterMs,
    end,
  }: Transaction): Promise<string> {
    const command = note(`s${stream}`, { data: upTo(events) })
    const prepared = await prepare({ pool, events: undefined, keys }, command)
    await inTransaction(pool, async (client) => {
      await client.query('select pg_sleep($1)', [beforeMs / 1_000])
      await callAppend(client, [prepared])
      await client.query('select pg_sleep($1)', [afterMs / 1_000])
      if (end === 'killed') await client.query('select pg_terminate_backend(pg_backend_pid())')
      if (end === 'rollback') throw new Error('comes to nothing')
    })
    return 'committed'
  }
}

/** A transaction with an id of its own that stays open: what readers by snapshots would wait for. */
async function openTransaction(url: string): Promise<AsyncDisposable> {
  const connection = await connect(url)
  await connection.client.query(
    'begin isolation level repeatable read; select pg_current_xact_id()',
  )
  return connection
}

async function collect(into: RecordedEvent[], events: AsyncIterable<RecordedEvent>): Promise<void> {
  for await (const event of events) {
    into.push(event)
    if (event.stream === 'end') return
  }
}

async function* readAgainAndAgain({ ledger }: TestLedger): AsyncGenerator<RecordedEvent> {
  for (let after = 0; ;) {
    for await (const event of ledger.log({ after, pageSize: 5 })) {
      yield event
      after = event.position
    }
  }
}

/** Stops where an event does not follow upon the one before it. */
const perEvent = catchUp({
  name: 'per event',
  version: 1,
  async handle(client, events) {
    const { rows } = await client.query<{ last: number }>(
      'select coalesce(max(position), 0)::integer as last from seen',
    )
    let last = rows[0]!.last
    for (const { position } of events) {
      if (position !== last + 1) throw new Error(`After position ${last} comes ${position}`)
      last = position
      await client.query('insert into seen (position) values ($1)', [position])
    }
  },
})

const inSql = catchUpInSql({
  name: 'in SQL',
  version: 1,
  statement: `insert into seen (position)
    select position from ledger.event where position between $1 and $2`,
})

async function withSeenTables(): Promise<TestLedger> {
  const log = await testLedger()
  for (const [schema, name] of [
    ['per_event', 'per event'],
    ['in_sql', 'in SQL'],
  ]) {
    await log.owner.query(`
      create schema ${schema};
      create table ${schema}.seen (position bigint primary key);
      grant usage on schema ${schema} to pet;
      grant select, insert, delete on ${schema}.seen to pet;
      select ledger.register_projection('${name}', '${schema}')`)
  }
  return log
}

async function projected({ owner }: TestLedger, schema: string): Promise<number[]> {
  const { rows } = await owner.query<{ position: string }>(
    `select position from ${schema}.seen order by position`,
  )
  return rows.map(({ position }) => Number(position))
}
