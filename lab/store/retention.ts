import type { DatabaseSync } from 'node:sqlite'

/** What the lab's database holds at most. */
export const retention = {
  /** Runs; the oldest go first. */
  runs: 500,
  /** All of it; the oldest runs lose their telemetry first, and only then their records. */
  sizeBytes: 256 * 1024 * 1024,
  /** Of one run; what comes beyond is counted in its record, not kept. */
  spansPerRun: 10_000,
  logsPerRun: 5_000,
  pointsPerRun: 20_000,
  recoveries: 200,
}

const telemetryTables = ['span', 'log', 'metric_point'] as const

/** Drops what is beyond the bounds. Freed pages are used again, so the file stays below them too. */
export function keepBounded(database: DatabaseSync, { runs, sizeBytes } = retention): void {
  database
    .prepare(
      `delete from run where status <> 'running' and id in
         (select id from run order by started_at desc, id desc limit -1 offset ?)`,
    )
    .run(runs)
  while (usedBytes(database) > sizeBytes) {
    if (!dropOldestTelemetry(database) && !dropOldestRun(database)) return
  }
}

function dropOldestTelemetry(database: DatabaseSync): boolean {
  const oldest = database
    .prepare(
      `select id from run
        where status <> 'running' and (exists (select 1 from span where run = run.id)
           or exists (select 1 from log where run = run.id)
           or exists (select 1 from metric_point where run = run.id))
        order by started_at, id limit 1`,
    )
    .get()
  if (oldest === undefined) return false
  for (const table of telemetryTables) {
    database.prepare(`delete from ${table} where run = ?`).run(oldest['id'] ?? null)
  }
  return true
}

/** All but the newest, which has only just been written. */
function dropOldestRun(database: DatabaseSync): boolean {
  const { changes } = database
    .prepare(
      `delete from run where id =
         (select id from run where status <> 'running'
             and id <> (select id from run order by started_at desc, id desc limit 1)
           order by started_at, id limit 1)`,
    )
    .run()
  return changes > 0
}

function usedBytes(database: DatabaseSync): number {
  const row = database
    .prepare(
      `select (page_count - freelist_count) * page_size as bytes
         from pragma_page_count, pragma_freelist_count, pragma_page_size`,
    )
    .get()
  return Number(row?.['bytes'] ?? 0)
}
