import type { PoolClient } from 'pg'
import type { Ledger } from './ledger.ts'
import type { RecordedEvent } from './recorded-event.ts'

/**
 * A read model that follows the log, and its tables: all those of one schema, which a migration
 * names (`select ledger.register_projection('seen', 'seen')`). It writes them without naming the
 * schema, since it runs on copies of them too, when it is rebuilt.
 */
export type Projection = PerEventProjection | SetBasedProjection | Reaction

interface PerEventProjection {
  kind: 'per-event'
  name: string
  /** From 1. Raise it when the code changes: the model is rebuilt beside the live one, which is read meanwhile. */
  version: number
  handle: Handle
}

interface SetBasedProjection {
  kind: 'set-based'
  name: string
  /** From 1, as above. */
  version: number
  /**
   * One SQL statement over the events at the positions $1 to $2 of ledger.event. It sees data in the
   * shape in which they were written, and personal values encrypted.
   */
  statement: string
}

/** Does what follows from an event outside of the read models: a mail, a job. It has no tables of its own. */
interface Reaction {
  kind: 'reaction'
  name: string
  handle: Handle
}

/**
 * Takes the next events, in order, and writes what follows from them through `client`, in the
 * transaction that also moves the checkpoint: so each event counts once. An error stops the
 * projection at that event; none is ever skipped.
 */
type Handle = (client: PoolClient, events: RecordedEvent[]) => Promise<void>

/** What a projection does with the events after `after` up to `through`: positions are dense. */
export async function advance(
  client: PoolClient,
  { ledger, projection, after, through }: Advance,
): Promise<void> {
  if (projection.kind === 'set-based') {
    await client.query(projection.statement, [after + 1, through])
    return
  }
  const limit = through - after
  await projection.handle(client, await ledger.readLog({ after, through, limit, client }))
}

interface Advance {
  ledger: Ledger
  projection: Projection
  after: number
  through: number
}

/** How many events a projection takes per transaction. */
export function defaultBatchSize({ kind }: Projection): number {
  return kind === 'set-based' ? 50_000 : 500
}

/** From here on, tables named without a schema are those of this one, until the transaction ends. */
export async function workIn(client: PoolClient, schema: string): Promise<void> {
  await client.query(`select set_config('search_path', format('%I, pg_temp', $1::text), true)`, [
    schema,
  ])
}

/**
 * From here to its end the transaction is rolled back when its node says nothing for so long: it
 * hangs, or its machine is gone. One that was killed is noticed within a second even in the middle
 * of a statement, where the server's system can tell (not on Windows: there at the statement's end).
 */
export async function boundSilence(client: PoolClient, silenceAtMostMs: number): Promise<void> {
  await client.query(
    `select set_config('idle_in_transaction_session_timeout', $1, true),
       set_config('tcp_user_timeout', $1, true),
       case when version() !~ 'windows|mingw|msvc'
         then set_config('client_connection_check_interval', '1000', true) end`,
    [String(silenceAtMostMs)],
  )
}

export type ProjectionState =
  | { state: 'running' }
  /** A version of its own is built beside the model that is read. */
  | { state: 'rebuilding'; position: number; head: number }
  | { state: 'retrying'; problem: string }
  | { state: 'stopped'; position: number; problem: string }
  /** A node with a newer version of the projection has taken over. */
  | { state: 'superseded' }

export interface ProjectionAlarm {
  projection: string
  /** The event that it failed on. */
  position: number
  error: unknown
}
