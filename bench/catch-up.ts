import { randomUUID } from 'node:crypto'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { createDatabase } from '@pet/postgres/database'
import { migrate } from '@pet/postgres/migrate'
import { usingPool } from '@pet/postgres/pool'
import { createLedger, type Ledger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { catchUpInSql, startProjections } from '@pet/ledger/projections'
import type { Pool } from 'pg'
import type { BenchmarkOptions, Result } from './result.ts'
import { compare } from './rounds.ts'

const commands = 100
const eventsPerCommand = 2_000
const eventsPerStream = 20
const events = commands * eventsPerCommand

const data = { minutes: 30, role: 'Consultant', note: 'Workshop and migration plan, on site' }

/**
 * A projection in SQL that has the whole log to catch up with, range by range with its checkpoints, from its start
 * to its end; beside one plain SQL aggregate over the same rows into a table of the same kind.
 */
export async function benchmarkCatchUp(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, rounds, onProgress } = options
  const ownerUrl = await createDatabase(serverUrl, 'bench_catch_up')
  const { url } = await ensureApplicationRole(ownerUrl)
  await migrate(ownerUrl, [ledgerMigrations])
  await using application = usingPool(url)
  await using owner = usingPool(ownerUrl)
  const ledger = createLedger({ pool: application.pool })
  await owner.pool.query(tables)
  await fill(ledger)
  await owner.pool.query('vacuum analyze ledger.event')
  await catchUpOnce(ledger, application.pool) // the first time it is built beside: that is another figure
  onProgress(`catch-up: ${events} events are there`)

  return compare({
    name: 'projection catch-up, set-based',
    unit: 'events/s',
    measureOurs: async () => {
      await owner.pool.query(
        'truncate hours.per_project; update ledger.projection set checkpoint = 0',
      )
      return perSecond(() => catchUpOnce(ledger, application.pool))
    },
    peers: [
      {
        peer: 'one plain SQL aggregate',
        goal: 0.5,
        measure: async () => {
          await owner.pool.query('truncate public.per_project')
          return perSecond(() => owner.pool.query(`${aggregate('public.per_project')} group by 1`))
        },
      },
    ],
    rounds,
    onProgress,
  })
}

async function fill(ledger: Ledger): Promise<void> {
  for (let command = 0; command < commands; command += 1) {
    await ledger.append({
      ...{ commandId: randomUUID(), actor: 'bench' },
      streams: Array.from({ length: eventsPerCommand / eventsPerStream }, (_, index) => ({
        ...{ stream: `hours-${command}-${index}`, expected: 'none' as const },
        events: Array.from({ length: eventsPerStream }, () => ({ type: 'HoursLogged', data })),
      })),
    })
  }
}

async function catchUpOnce(ledger: Ledger, pool: Pool): Promise<void> {
  await using running = startProjections({ ledger, pool, projections: [hoursPerProject] })
  await running.settled(600_000)
}

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return events / ((performance.now() - start) / 1_000)
}

const hoursPerProject = catchUpInSql({
  name: 'hours',
  version: 1,
  statement: `${aggregate('per_project')}
    where position between $1 and $2 group by 1
    on conflict (project) do update
    set minutes = per_project.minutes + excluded.minutes, entries = per_project.entries + excluded.entries`,
})

function aggregate(table: string): string {
  return `insert into ${table} (project, minutes, entries)
    select stream, sum((data ->> 'minutes')::integer), count(*) from ledger.event`
}

const tables = `
  create schema hours;
  create table hours.per_project (project text primary key, minutes bigint not null, entries bigint not null);
  create table public.per_project (like hours.per_project including all);
  grant usage on schema hours to pet;
  grant select, insert, update, delete on hours.per_project to pet;
  select ledger.register_projection('hours', 'hours')`
