import type { PoolClient } from 'pg'
import type { Projection } from './projection.ts'

/** A reaction has no model to rebuild, so no version that could call for it. */
const reactionVersion = 1

export function versionOf(projection: Projection): number {
  return projection.kind === 'reaction' ? reactionVersion : projection.version
}

/**
 * The version of the model that is read: 0, which is none, when the projection is new. A reaction
 * that is new begins after the events that are there.
 */
export async function readLive(
  client: PoolClient,
  projection: Projection,
): Promise<{ version: number }> {
  const { name, kind } = projection
  await client.query(
    `insert into ledger.projection (name, version, checkpoint)
     select $1, $2::integer, case when $2::integer = 0 then 0 else position end from ledger.head
     where not exists (select from ledger.projection where name = $1)
     on conflict do nothing`,
    [name, kind === 'reaction' ? reactionVersion : 0],
  )
  const { rows } = await client.query<{ version: number }>(
    'select version from ledger.projection where name = $1',
    [name],
  )
  return rows[0] ?? { version: 0 }
}

/** Locks the projection's row for the transaction, so that one node works on it at a time. */
export async function claim(
  client: PoolClient,
  { name, version }: { name: string; version: number },
): Promise<{ checkpoint: number; head: number; schema: string | null } | undefined> {
  const { rows } = await client.query<{ checkpoint: string; head: string; schema: string | null }>(
    `select live.checkpoint, head.position as head,
       (select schema from ledger.projection_schema where projection = live.name) as schema
     from ledger.projection as live, ledger.head
     where live.name = $1 and live.version = $2 for update of live skip locked`,
    [name, version],
  )
  const row = rows[0]
  return row && { ...row, checkpoint: Number(row.checkpoint), head: Number(row.head) }
}

/** Waits for whoever moves the live tables to finish the batch at hand, and keeps them where they are. */
export async function holdCheckpoint(client: PoolClient, name: string): Promise<number> {
  const { rows } = await client.query<{ checkpoint: string }>(
    'select checkpoint from ledger.projection where name = $1 for update',
    [name],
  )
  return Number(rows[0]?.checkpoint ?? 0)
}

/** The live tables stand for this position from the transaction's commit on. */
export async function moveCheckpoint(
  client: PoolClient,
  { name, version, position }: { name: string; version: number; position: number },
): Promise<void> {
  await client.query(
    `update ledger.projection
     set version = $2, checkpoint = $3, problem = null, stopped_at = null where name = $1`,
    [name, version, position],
  )
}
