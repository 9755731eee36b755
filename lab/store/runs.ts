import type { RunRecord, RunRow, RunView } from '../api-types.ts'
import { keepBounded } from './retention.ts'
import { inTransaction, type Store } from './store.ts'

/** What is known of a run when it starts. */
export type RunStart = Pick<RunRow, 'id' | 'name' | 'seed' | 'startedAt'> & { category: string }

/** How a run ended: with its record, or without one and why. */
export type RunEnd =
  | { status: 'finished'; record: RunRecord }
  | { status: 'cancelled' | 'failed' | 'skipped'; reason: string }

/** One page of the history. `before`: only runs older than the one with this id. */
export type RunPage = { limit: number; before?: string | undefined; name?: string | undefined }

/** Writes down that a run begins, so that one that never ends is in the history too. */
export function beginRun({ database }: Store, start: RunStart): void {
  database
    .prepare(
      `insert into run (id, name, category, seed, started_at, status)
       values ($id, $name, $category, $seed, $startedAt, 'running')`,
    )
    .run({ ...start })
}

/** Writes the end of a run, whole or not at all; the oldest of very many runs go. */
export function endRun(store: Store, id: string, end: RunEnd): void {
  inTransaction(store, () => {
    const { database } = store
    if (end.status === 'finished') {
      const { verdict, asHypothesised, durationMs } = end.record
      database
        .prepare(
          `update run set status = 'finished', verdict = ?, as_hypothesised = ?, duration_ms = ?, record = ?
            where id = ?`,
        )
        .run(verdict, Number(asHypothesised), durationMs, JSON.stringify(end.record), id)
    } else {
      database
        .prepare(
          `update run set status = ?, reason = ?,
                  duration_ms = cast(round((julianday('now') - julianday(started_at)) * 86400000) as integer)
            where id = ?`,
        )
        .run(end.status, end.reason, id)
    }
    keepBounded(database)
  })
}

/** Runs whose lab was killed: only a lab that holds its home alone may say so of them. */
export function endAbandonedRuns({ database }: Store): void {
  database
    .prepare(`update run set status = 'failed', reason = ? where status = 'running'`)
    .run('The lab was killed during this run; what it had injected was taken back.')
}

/** The newest first. */
export function listRuns({ database }: Store, { limit, before, name }: RunPage): RunRow[] {
  return database
    .prepare(
      `select id, name, status, seed, started_at, duration_ms, verdict, as_hypothesised from run
        where ($before is null
               or (started_at, id) < (select started_at, id from run where id = $before))
          and ($name is null or name = $name)
        order by started_at desc, id desc limit $limit`,
    )
    .all({ before: before ?? null, name: name ?? null, limit })
    .map((row) => rowOf(row as RunColumns))
}

export function findRun({ database }: Store, id: string): RunView | undefined {
  const found = database.prepare('select * from run where id = ?').get(id) as
    (RunColumns & { reason: string | null; record: string | null }) | undefined
  if (found === undefined) return undefined
  const row = rowOf(found)
  switch (row.status) {
    case 'running':
      return { ...row, status: row.status }
    case 'finished':
      return { ...row, status: row.status, record: JSON.parse(found.record ?? '') as RunRecord }
    case 'cancelled':
    case 'failed':
    case 'skipped':
      return { ...row, status: row.status, reason: found.reason ?? '' }
  }
}

/** The ids that begin like this, a few of them at most: people don't type a whole one. */
export function idsThatBeginWith({ database }: Store, beginning: string): string[] {
  return database
    .prepare('select id from run where substr(id, 1, length($beginning)) = $beginning limit 5')
    .all({ beginning })
    .map(({ id }) => String(id))
}

/** What SQLite gives, as `migrations.ts` declares it. */
type RunColumns = {
  id: string
  name: string
  status: RunRow['status']
  seed: number
  started_at: string
  duration_ms: number | null
  verdict: RunRecord['verdict'] | null
  as_hypothesised: number | null
}

function rowOf(columns: RunColumns): RunRow {
  const { id, name, status, seed, started_at: startedAt } = columns
  const { duration_ms: durationMs, verdict, as_hypothesised: asHypothesised } = columns
  return {
    id,
    name,
    status,
    seed,
    startedAt,
    ...(durationMs !== null && { durationMs }),
    ...(verdict !== null && { verdict }),
    ...(asHypothesised !== null && { asHypothesised: asHypothesised === 1 }),
  }
}
