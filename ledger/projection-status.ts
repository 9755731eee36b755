import type { Pool } from 'pg'

export interface ProjectionStatus {
  name: string
  /** Inline ones are written by the append itself and never lag. */
  kind: 'inline' | 'catching-up'
  state: 'running' | 'stopped'
  /** The version of the code that made the model; null for an inline one, 0 before the first is built. */
  version: number | null
  /** The last position that it has taken in. */
  position: number
  /** The last position of the log. */
  head: number
  /** Events of the log that it has not taken in yet. */
  lag: number
  /** The age of the oldest of those, in milliseconds by the server's clock; 0 when there is none. */
  lagMs: number
  /** Why it stopped. */
  problem: string | null
  /** What is being built beside it, up to which position of the log's `head`. */
  rebuild: { position: number; head: number; startedAt: string } | null
}

/** How every projection fares that the database knows, by name. */
export async function readProjections(pool: Pool): Promise<ProjectionStatus[]> {
  const { rows } = await pool.query<Row>(
    `select name, inline.name is not null as inline, live.version,
       case when inline.name is null then coalesce(live.checkpoint, 0) else head.position end as position,
       head.position as head,
       extract(epoch from clock_timestamp() - pending.recorded_at) * 1000 as lag_ms, live.problem, rebuild.checkpoint as rebuilt, rebuild.started_at
     from ledger.head
     cross join (
       select projection as name from ledger.projection_schema union select name from ledger.projection
     ) as known
     left join ledger.inline_projection as inline using (name)
     left join ledger.projection as live using (name)
     left join ledger.event as pending
       on inline.name is null and pending.position = coalesce(live.checkpoint, 0) + 1
     left join ledger.rebuild on rebuild.projection = name
     order by name`,
  )
  return rows.map((row) => ({
    name: row.name,
    kind: row.inline ? 'inline' : 'catching-up',
    state: row.problem === null ? 'running' : 'stopped',
    version: row.inline ? null : (row.version ?? 0),
    position: Number(row.position),
    head: Number(row.head),
    lag: Number(row.head) - Number(row.position),
    lagMs: Math.max(0, Math.round(Number(row.lag_ms ?? 0))),
    problem: row.problem,
    rebuild:
      row.rebuilt === null
        ? null
        : {
            position: Number(row.rebuilt),
            head: Number(row.head),
            startedAt: row.started_at.toISOString(),
          },
  }))
}

type Row = {
  name: string
  inline: boolean
  version: number | null
  position: string
  head: string
  lag_ms: string | null
  problem: string | null
} & ({ rebuilt: null } | { rebuilt: string; started_at: Date })
