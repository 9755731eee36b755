import { usingPool } from '@pet/postgres/pool'
import type { Pool } from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { readProjections } from './projection-status.ts'
import { catchUpInSql, startProjections } from './projections.ts'
import { rebuildProjection } from './rebuild.ts'
import { note, testLedger, type TestLedger } from './testing.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const full = inject('depth') === 'full'

/** Events per stream; `form` tells which code wrote a row. */
const counting = (form: string): string => `
  insert into per_stream (stream, form, events)
  select stream, '${form}', count(*) from ledger.event where position between $1 and $2 group by stream
  on conflict (stream) do update set events = per_stream.events + excluded.events`

const counted = catchUpInSql({ name: 'counted', version: 1, statement: counting('old') })

async function withTable(): Promise<TestLedger> {
  const log = await testLedger()
  await log.owner.query(`
    create schema counted;
    create table counted.per_stream (stream text primary key, form text not null, events bigint not null);
    grant usage on schema counted to pet;
    grant select, insert, update, delete on counted.per_stream to pet`)
  return log
}

async function withModel(events: number, streams: number): Promise<TestLedger> {
  const log = await withTable()
  await log.owner.query(`select ledger.register_projection('counted', 'counted')`)
  const perCommand = 1_000
  for (let done = 0; done < events; done += perCommand) {
    const each = perCommand / streams
    await log.ledger.append({
      ...{ commandId: `fill ${done}`, actor: 'tester' },
      streams: upTo(streams).map((stream) => ({
        ...{ stream: `s${stream}`, expected: 'any' as const },
        events: upTo(each).map(() => ({ type: 'Noted', data: {} })),
      })),
    })
  }
  await using running = startProjections({ ...log, projections: [counted] })
  await running.settled(600_000)
  return log
}

const summary = `select count(*)::integer as streams, sum(events)::integer as events,
  array_agg(distinct form) as forms from counted.per_stream`

async function summaryOf(pool: Pool): Promise<unknown> {
  return (await pool.query(summary)).rows[0]
}

async function leftOver(log: TestLedger): Promise<number> {
  const { rows } = await log.owner.query<{ count: number }>(
    `select (select count(*)::integer from ledger.rebuild)
       + (select count(*)::integer from pg_namespace where nspname like 'rebuild%') as count`,
  )
  return rows[0]?.count ?? -1
}

describe('a raised version', () => {
  const events = full ? 1_000_000 : 20_000
  test(
    'is built beside the model and swapped in: 8 readers see the old one or the new one, whole',
    { timeout: full ? 1_800_000 : 60_000 },
    async () => {
      await using log = await withModel(events, 500)
      await using readers = usingPool(log.applicationUrl, { max: 8 })
      const reading = new AbortController()
      const seen = new Set<string>()
      let reads = 0
      const polling = upTo(8).map(async () => {
        while (!reading.signal.aborted) {
          seen.add(JSON.stringify(await summaryOf(readers.pool)))
          reads += 1
        }
      })
      const next = { ...counted, version: 2, statement: counting('new') }
      {
        await using running = startProjections({
          ...{ ...log, projections: [next], batchSize: events / 20 },
        })
        await running.settled(600_000)
      }
      reading.abort()
      await Promise.all(polling)
      const whole = { streams: 500, events }
      expect([...seen].toSorted()).toEqual(
        [
          { ...whole, forms: ['old'] },
          { ...whole, forms: ['new'] },
        ]
          .map((model) => JSON.stringify(model))
          .toSorted(),
      )
      expect(reads).toBeGreaterThan(20)
      expect(await leftOver(log)).toBe(0)
    },
  )

  test('leaves the older version to the nodes that still run it, until it is swapped', async () => {
    await using log = await withModel(1_000, 10)
    await using older = startProjections({ ...log, projections: [counted] })
    const next = { ...counted, version: 2, statement: counting('new') }
    await using newer = startProjections({ ...log, projections: [next], batchSize: 100 })
    await newer.settled()
    await log.ledger.append(note('s1'))
    await newer.settled()
    expect(await summaryOf(log.pool)).toEqual({ streams: 10, events: 1_001, forms: ['new'] })
    await expect.poll(() => older.states()).toEqual({ counted: { state: 'superseded' } })
  })
})

describe('a rebuild on demand', () => {
  test('finds what differs from the log, mends that, and leaves the rest untouched', async () => {
    await using log = await withModel(1_000, 10)
    await log.owner.query(`
      delete from counted.per_stream where stream = 's1';
      update counted.per_stream set events = 7 where stream = 's2';
      insert into counted.per_stream values ('forged', 'old', 1)`)
    const untouched = `select xmin, ctid from counted.per_stream 
      where stream not in ('s1', 's2', 'forged') order by stream`
    const before = (await log.owner.query(untouched)).rows
    const rebuilt = await rebuildProjection({ ...log, projection: counted })
    expect(rebuilt).toEqual({
      position: 1_000,
      tables: [{ table: 'per_stream', removed: 2, added: 2 }],
    })
    expect(await summaryOf(log.pool)).toEqual({ streams: 10, events: 1_000, forms: ['old'] })
    expect((await log.owner.query(untouched)).rows).toEqual(before)
    const again = await rebuildProjection({ ...log, projection: counted })
    expect(again.tables).toEqual([{ table: 'per_stream', removed: 0, added: 0 }])
  })

  // As after a restore: the swap once read the whole live table for each row of the copies.
  test('reads a model that it finds empty a few times, however many rows it fills it with', async () => {
    await using log = await withModel(1_000, 500)
    await log.owner.query('delete from counted.per_stream')
    await log.owner.query('vacuum (analyze) counted.per_stream')
    const counters = `select seq_scan::integer as scans, n_tup_ins::integer as inserted
      from pg_stat_user_tables where schemaname = 'counted'`
    await rebuildProjection({ ...log, projection: counted })
    // Through the session that swapped, which hands its counts in at the end of a statement.
    const read = async () =>
      (await log.pool.query<{ scans: number; inserted: number }>(counters)).rows[0]
    await expect.poll(async () => (await read())?.inserted, { timeout: 10_000 }).toBe(1_000)
    expect((await read())?.scans).toBeLessThan(20)
  })

  test('that was interrupted goes on where it was, unless the tables have changed since', async () => {
    await using log = await withModel(1_000, 10)
    const rebuild = async (stopAt: number): Promise<number[]> => {
      const over = new AbortController()
      const positions: number[] = []
      await rebuildProjection({
        ...{ ...log, projection: counted, batchSize: 100, signal: over.signal },
        onProgress: (position) => {
          positions.push(position)
          if (position === stopAt) over.abort()
        },
      }).catch((error: Error) => expect(error.name).toBe('AbortError'))
      return positions
    }
    expect(await rebuild(300)).toEqual([100, 200, 300])
    expect(await readProjections(log.pool)).toMatchObject([
      { name: 'counted', state: 'running', lag: 0, rebuild: { position: 300, head: 1_000 } },
    ])
    expect(await rebuild(500)).toEqual([400, 500])
    await log.owner.query(`alter table counted.per_stream add note text not null default ''`)
    expect(await rebuild(0)).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900])
    expect(await leftOver(log)).toBe(0)
    expect(await summaryOf(log.pool)).toEqual({ streams: 10, events: 1_000, forms: ['old'] })
  })

  test('of code that names its schema is refused: it would write the live tables', async () => {
    await using log = await withModel(1_000, 10)
    const statement = counted.statement.replace('into per_stream', 'into counted.per_stream')
    const rebuilding = rebuildProjection({ ...log, projection: { ...counted, statement } })
    await expect(rebuilding).rejects.toThrow('wrote to the tables that are read')
    expect(await summaryOf(log.pool)).toEqual({ streams: 10, events: 1_000, forms: ['old'] })
  })

  test('may be killed at any moment', async () => {
    await using log = await withModel(2_000, 10)
    await log.owner.query(`update counted.per_stream set events = 0`)
    await using other = usingPool(log.applicationUrl, { applicationName: 'rebuild' })
    let kills = 0
    for (;;) {
      const rebuilding = rebuildProjection({
        ...{ ledger: log.ledger, pool: other.pool, projection: counted, batchSize: 100 },
      }).then(
        () => true,
        () => false,
      )
      await Promise.race([rebuilding, log.owner.query('select pg_sleep($1)', [0.005 * kills])])
      await log.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'rebuild'`,
      )
      if (await rebuilding) break
      kills += 1
      const whole = { streams: 10, events: 0, forms: ['old'] }
      expect([whole, { ...whole, events: 2_000 }]).toContainEqual(await summaryOf(log.pool))
    }
    expect(await leftOver(log)).toBe(0)
    expect(await summaryOf(log.pool)).toEqual({ streams: 10, events: 2_000, forms: ['old'] })
  })
})

describe('an inline projection', () => {
  async function withInline(): Promise<TestLedger> {
    const log = await withTable()
    const body = counting('old').replace('$1', 'first').replace('$2', 'last')
    await log.owner.query(`
      set search_path = counted;
      create function counted.project(first bigint, last bigint) returns void language sql as $body$${body}$body$;
      select ledger.register_inline_projection('counted', 'counted.project'::regproc);
      reset search_path`)
    return log
  }
  const projection = { kind: 'inline' as const, name: 'counted' }

  test('is rebuilt while appends go on', async () => {
    await using log = await withInline()
    const appendSome = async (): Promise<void> => {
      for (const n of upTo(20)) await log.ledger.append(note(`s${n}`, { data: upTo(10) }))
    }
    await appendSome()
    await log.owner.query(`update counted.per_stream set events = 0 where stream = 's3'`)
    const owners = { ledger: log.ledger, pool: log.owner, projection, batchSize: 50 }
    const [rebuilt] = await Promise.all([rebuildProjection(owners), appendSome(), appendSome()])
    expect(rebuilt.tables[0]?.removed).toBeGreaterThan(0)
    expect(await summaryOf(log.pool)).toEqual({ streams: 20, events: 600, forms: ['old'] })
    const again = await rebuildProjection(owners)
    expect(again).toEqual({
      position: 600,
      tables: [{ table: 'per_stream', removed: 0, added: 0 }],
    })
    expect(await leftOver(log)).toBe(0)
  })

  test('is rebuilt by the owner alone', async () => {
    await using log = await withInline()
    await log.ledger.append(note('a'))
    await expect(rebuildProjection({ ...log, projection })).rejects.toMatchObject({ code: '42501' })
    const unknown = { kind: 'inline' as const, name: 'unknown' }
    await expect(rebuildProjection({ ...log, projection: unknown })).rejects.toThrow(
      'There is no inline projection "unknown"',
    )
    expect(await leftOver(log)).toBe(0)
  })
})
