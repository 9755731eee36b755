import { randomUUID } from 'node:crypto'
import { usingPool } from '@pet/postgres/pool'
import { createLedger, type Ledger } from '@pet/ledger/ledger'
import { catchUpInSql, startProjections } from '@pet/ledger/projections'
import type { Pool } from 'pg'
import { openBenchDatabase } from '../ledger/bench-database.ts'
import { eventsPerProject, hours, sumsOf, type Sums } from './hours.ts'

/** A log of hours, and what each project's come to. */
export interface Hours {
  /** Nothing has been summed up yet. */
  empty(): Promise<void>
  /** Sums all of it up. */
  catchUp(): Promise<void>
}

export interface HoursLog extends Hours, AsyncDisposable {
  /** The same by one plain SQL statement, into a table of the same kind. */
  aggregate: Hours
  total(): Promise<Sums>
}

const eventsPerCommand = 2_000

/** A ledger in a database of its own with so many events, dropped with its block. */
export async function openHoursLog(
  serverUrl: string,
  name: string,
  events: number,
): Promise<HoursLog> {
  await using opened = new AsyncDisposableStack()
  const { url, ownerUrl } = opened.use(await openBenchDatabase(serverUrl, name))
  const { pool } = opened.use(usingPool(url))
  const { pool: owner } = opened.use(usingPool(ownerUrl))
  const ledger = createLedger({ pool })
  await owner.query(tables)
  for (let filled = 0; filled < events; filled += eventsPerCommand) await append(ledger)
  await owner.query('vacuum analyze ledger.event')
  await catchUp(ledger, pool) // the first time it is built beside: that is another figure

  const kept = opened.move()
  return {
    async empty() {
      await owner.query('truncate hours.per_project; update ledger.projection set checkpoint = 0')
    },
    catchUp: () => catchUp(ledger, pool),
    aggregate: {
      empty: async () => void (await owner.query('truncate public.per_project')),
      catchUp: async () =>
        void (await owner.query(`${aggregateInto('public.per_project')} group by 1`)),
    },
    total: () => sumsOf(pool, 'hours.per_project'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function append(ledger: Ledger): Promise<void> {
  const commandId = randomUUID()
  await ledger.append({
    ...{ commandId, actor: 'bench' },
    streams: Array.from({ length: eventsPerCommand / eventsPerProject }, (_, index) => ({
      ...{ stream: `hours-${commandId}-${index}`, expected: 'none' as const },
      events: Array.from({ length: eventsPerProject }, () => ({
        ...{ type: 'HoursLogged', data: hours },
      })),
    })),
  })
}

async function catchUp(ledger: Ledger, pool: Pool): Promise<void> {
  await using running = startProjections({ ledger, pool, projections: [hoursPerProject] })
  await running.settled(600_000)
}

const hoursPerProject = catchUpInSql({
  name: 'hours',
  version: 1,
  statement: `${aggregateInto('per_project')}
    where position between $1 and $2 group by 1
    on conflict (project) do update
    set minutes = per_project.minutes + excluded.minutes, entries = per_project.entries + excluded.entries`,
})

function aggregateInto(table: string): string {
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
