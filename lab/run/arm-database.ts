import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '@pet/postgres/connection'
import { usingPool } from '@pet/postgres/pool'

/** Counters that PostgreSQL keeps of each database, in `pg_stat_database`. */
export type DatabaseStatistic =
  'deadlocks' | 'xact_commit' | 'xact_rollback' | 'temp_bytes' | 'blks_read' | 'blks_hit'

/** A throw-away database on the lab's own server. */
export type ArmDatabase = {
  /** As the server's superuser. */
  ownerUrl: string
  /**
   * What the server itself has counted, read once all sessions have ended: a session hands its
   * counts in when it ends.
   */
  statistic(name: DatabaseStatistic): Promise<number>
  /** A pool of at most `most` sessions that ends with the block, with PostgreSQL's settings. */
  sessions(most: number, settings?: Record<string, string>): ReturnType<typeof usingPool>
}

const patienceMs = 10_000

export function armDatabase(ownerUrl: string, name: string, serverUrl: string): ArmDatabase {
  return {
    ownerUrl,
    statistic: (statistic) => readStatistic(serverUrl, name, statistic),
    sessions: (most, settings = {}) =>
      usingPool(withSettings(ownerUrl, settings), { max: most, applicationName: 'lab' }),
  }
}

/** Settings of every session, as libpq takes them: `-c name=value`. */
function withSettings(ownerUrl: string, settings: Record<string, string>): string {
  const url = new URL(ownerUrl)
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  if (options.length > 0) url.searchParams.set('options', options.join(' '))
  return url.href
}

async function readStatistic(
  serverUrl: string,
  database: string,
  statistic: DatabaseStatistic,
): Promise<number> {
  await using server = await connect(serverUrl)
  const deadline = Date.now() + patienceMs
  for (;;) {
    const { rows } = await server.client.query<{
      sessions: number
      counters: Record<string, number>
    }>(
      `select (select count(*)::int from pg_stat_activity where datname = $1) as sessions,
              to_jsonb(s) as counters from pg_stat_database s where datname = $1`,
      [database],
    )
    const [row] = rows
    if (row?.sessions === 0) return row.counters[statistic] ?? 0
    if (Date.now() > deadline) throw new Error(`Sessions on ${database} have not ended`)
    await delay(5)
  }
}
