import { setTimeout as delay } from 'node:timers/promises'
import { usingPool } from '@pet/postgres/pool'
import type { PoolClient } from 'pg'
import { describe, expect, test, vi } from 'vitest'
import { readProjections } from './projection-status.ts'
import {
  catchUp,
  catchUpInSql,
  react,
  startProjections,
  type ProjectionAlarm,
} from './projections.ts'
import type { RecordedEvent } from './recorded-event.ts'
import { note, testLedger, type TestLedger } from './testing.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

async function withSeenTable(): Promise<TestLedger> {
  const log = await testLedger()
  await log.owner.query(`
    create schema seen;
    create table seen.seen (position bigint primary key, data jsonb not null);
    grant usage on schema seen to pet;
    grant select, insert on seen.seen to pet;
    select ledger.register_projection('seen', 'seen')`)
  return log
}

async function recordSeen(client: PoolClient, events: RecordedEvent[]): Promise<void> {
  for (const { position, data } of events) {
    await client.query('insert into seen values ($1, $2)', [position, JSON.stringify(data)])
  }
}

async function seen(log: TestLedger): Promise<number[]> {
  const { rows } = await log.pool.query<{ position: string }>(
    'select position from seen.seen order by position',
  )
  return rows.map(({ position }) => Number(position))
}

describe('a projection that catches up', () => {
  test('handles what was there and what comes, each event once', async () => {
    await using log = await withSeenTable()
    await log.ledger.append(note('a', { data: upTo(7) }))
    const projection = catchUp({ name: 'seen', version: 1, handle: recordSeen })
    await using running = startProjections({ ...log, projections: [projection], batchSize: 3 })
    await running.settled()
    expect(await seen(log)).toEqual(upTo(7))
    await log.ledger.append(note('b'))
    await vi.waitFor(async () => expect(await seen(log)).toEqual(upTo(8)), { timeout: 10_000 })
  })

  test('on two nodes still handles each event once', async () => {
    await using log = await withSeenTable()
    await using other = usingPool(log.applicationUrl)
    const projections = [catchUp({ name: 'seen', version: 1, handle: recordSeen })]
    await using one = startProjections({ ...log, projections, batchSize: 2 })
    await using two = startProjections({
      ...{ ledger: log.ledger, pool: other.pool, projections, batchSize: 2 },
    })
    await Promise.all(upTo(20).map((n) => log.ledger.append(note(`s${n}`))))
    await Promise.all([one.settled(), two.settled()])
    expect(await seen(log)).toEqual(upTo(20))
  })

  test('stops with an alarm at an event that it fails on, and goes on from there once mended', async () => {
    await using log = await withSeenTable()
    const alarms: ProjectionAlarm[] = []
    const failing = catchUp({
      name: 'seen',
      version: 1,
      async handle(client, events) {
        await recordSeen(client, events)
        if (events.some(({ data }) => data === 'poison')) throw new Error('can not handle this')
      },
    })
    {
      const projections = [failing]
      await using running = startProjections({
        ...{ ...log, projections, onAlarm: (alarm) => alarms.push(alarm) },
      })
      await running.settled()
      await log.ledger.append(note('a', { data: ['good', 'poison', 'after'] }))
      await expect(running.settled()).rejects.toThrow('can not handle this')
      expect(running.states()).toMatchObject({ seen: { state: 'stopped', position: 2 } })
    }
    expect(alarms).toMatchObject([{ projection: 'seen', position: 2 }])
    expect(await seen(log)).toEqual([1])
    const problem = await log.pool.query('select problem from ledger.projection')
    expect(problem.rows).toEqual([{ problem: 'At position 2: can not handle this' }])

    const mended = { ...failing, handle: recordSeen }
    await using running = startProjections({ ...log, projections: [mended] })
    await running.settled()
    expect(await seen(log)).toEqual([1, 2, 3])
  })

  // It was said for good to have stopped at an event that another node had got past.
  test('is not said to have stopped where another node goes on', async () => {
    await using log = await withSeenTable()
    await using other = usingPool(log.applicationUrl)
    const { promise: isPast, resolve } = Promise.withResolvers<void>()
    const { pool } = other
    const query: (...query: [string]) => Promise<unknown> = pool.query.bind(pool)
    const failed = Promise.withResolvers<void>()
    Object.assign(pool, {
      query(...late: [string]) {
        failed.resolve()
        return isPast.then(() => query(...late))
      },
    })
    const failing = catchUp({
      ...{ name: 'seen', version: 1 },
      handle: async () => Promise.reject(new Error('an older program')),
    })
    await log.ledger.append(note('a', { data: upTo(3) }))
    const alarm = Promise.withResolvers<ProjectionAlarm>()
    await using broken = startProjections({
      ...{ ledger: log.ledger, pool, projections: [failing], onAlarm: alarm.resolve },
    })
    await failed.promise // it is about to say so
    const working = catchUp({ name: 'seen', version: 1, handle: recordSeen })
    await using running = startProjections({ ...log, projections: [working] })
    await running.settled().finally(resolve)
    expect(await alarm.promise).toMatchObject({ projection: 'seen', position: 1 })
    expect(broken.states()).toMatchObject({ seen: { state: 'stopped' } })
    expect(await readProjections(log.pool)).toMatchObject([{ state: 'running', lag: 0, lagMs: 0 }])
  })

  // It took the same batch again for ever.
  test('takes less at a time where a batch keeps it silent for too long', async () => {
    await using log = await withSeenTable()
    await log.ledger.append(note('a', { data: upTo(8) }))
    const slow = catchUp({
      ...{ name: 'seen', version: 1 },
      async handle(client, events) {
        await delay(150 * events.length)
        await recordSeen(client, events)
      },
    })
    await using running = startProjections({
      ...{ ...log, projections: [slow], batchSize: 8, silenceAtMostMs: 700 },
    })
    await running.settled()
    expect(await seen(log)).toEqual(upTo(8))
  })

  test('that nobody has registered stops, and says what is missing', async () => {
    await using log = await testLedger()
    const projections = [catchUp({ name: 'seen', version: 1, handle: recordSeen })]
    await using running = startProjections({ ...log, projections, onAlarm: () => {} })
    await expect(running.settled()).rejects.toThrow("ledger.register_projection('seen'")
  })

  test('goes on after its connections were lost', async () => {
    await using log = await withSeenTable()
    const projection = catchUp({ name: 'seen', version: 1, handle: recordSeen })
    await using running = startProjections({ ...log, projections: [projection] })
    await log.ledger.append(note('a'))
    await running.settled()
    await log.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and usename = 'pet'`,
    )
    await vi.waitFor(() => log.ledger.append(note('a')), { timeout: 10_000 })
    await running.settled()
    expect(await seen(log)).toEqual(expect.arrayContaining([1, 2]))
  })
})

test('a projection in SQL takes many events in one statement, and closes in on the one that it fails on', async () => {
  await using log = await withSeenTable()
  await log.ledger.append(note('a', { data: [...upTo(20), 'poison', ...upTo(20)] }))
  const inSql = catchUpInSql({
    name: 'seen',
    version: 1,
    statement: `insert into seen select position, data from ledger.event
      where position between $1 and $2 and (data #>> '{}')::integer > 0`,
  })
  {
    const alarms: ProjectionAlarm[] = []
    const projections = [inSql]
    await using running = startProjections({
      ...{ ...log, projections, onAlarm: (alarm) => alarms.push(alarm) },
    })
    await expect(running.settled()).rejects.toThrow('invalid input syntax')
    expect(alarms).toMatchObject([{ projection: 'seen', position: 21 }])
  }
  const statement = `insert into seen select position, data from ledger.event where position between $1 and $2`
  await using running = startProjections({ ...log, projections: [{ ...inSql, statement }] })
  await running.settled()
  expect(await seen(log)).toEqual(upTo(41))
})

test('a reaction happens once after each event, and never on those from before it or on a replay', async () => {
  await using log = await testLedger()
  await log.ledger.append(note('a', { data: upTo(3) }))
  const mails: number[] = []
  const mail = react({
    name: 'mail',
    handle: async (_client, events) => void mails.push(...events.map(({ position }) => position)),
  })
  {
    await using running = startProjections({ ...log, projections: [mail] })
    await running.settled()
    await log.ledger.append(note('a', { data: upTo(2) }))
    await running.settled()
  }
  await using running = startProjections({ ...log, projections: [mail] })
  await log.ledger.append(note('a'))
  await running.settled()
  expect(mails).toEqual([4, 5, 6])
})

test('an inline projection is up to date when the append returns', async () => {
  await using log = await testLedger()
  await log.owner.query(`
    create table public.per_stream (stream text primary key, events bigint not null);
    grant select on public.per_stream to pet;
    create function public.count_per_stream(first bigint, last bigint) returns void language sql as $$
      insert into per_stream
      select stream, count(*) from ledger.event where position between first and last group by stream
      on conflict (stream) do update set events = per_stream.events + excluded.events
    $$;
    select ledger.register_inline_projection('per stream', 'public.count_per_stream'::regproc)`)
  await Promise.all(upTo(30).map((n) => log.ledger.append(note(`s${n % 3}`, { data: [1, 2] }))))
  const { rows } = await log.pool.query('select * from public.per_stream order by stream')
  expect(rows).toEqual(['s0', 's1', 's2'].map((stream) => ({ stream, events: '20' })))
})

test('what is no inline projection is not registered', async () => {
  await using log = await testLedger()
  await expect(
    log.owner.query(`select ledger.register_inline_projection('x', 'pg_catalog.now'::regproc)`),
  ).rejects.toThrow('An inline projection is a function (first bigint, last bigint) returns void')
})
