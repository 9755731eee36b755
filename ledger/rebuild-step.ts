import type { PoolClient } from 'pg'
import type { Ledger } from './ledger.ts'
import { advance, workIn, type Projection } from './projection.ts'

/** How a live table differed from what follows from the log. A changed row counts as one of each. */
export interface SwappedTable {
  table: string
  removed: number
  added: number
}

export type RebuildStep =
  /** Somebody else is at work on it, or has done it. */
  | { step: 'elsewhere' }
  | { step: 'built'; position: number; head: number }
  | { step: 'swapped'; position: number; tables: SwappedTable[] }

export interface RebuildWork {
  ledger: Ledger
  projection: Exclude<Projection, { kind: 'reaction' }>
  /** Whether a live model of this version already is built again. */
  again: boolean
  /** Events to take at a time. */
  batchSize: number
  /** Keeps the live tables where they are until the transaction ends, and returns their position. */
  holdLive: (client: PoolClient) => Promise<number>
  /** Called with the position from which the copies are about to be built on. */
  onBuild?: (position: number) => void
}

/**
 * Does the next part of a rebuild, in the caller's transaction: builds a range of positions into
 * the copies or, when they have reached the head, makes the live tables equal to them. Whatever
 * ends the transaction early leaves the part undone, and the next call does it.
 */
export async function rebuildStep(client: PoolClient, work: RebuildWork): Promise<RebuildStep> {
  const { ledger, projection, again, batchSize, holdLive, onBuild } = work
  const begun = await beginRebuild(client, projection, again)
  if (!begun) return { step: 'elsewhere' }
  await workIn(client, begun.copies)

  const through = Math.min(begun.head, begun.position + batchSize)
  await build(begun.position, through)
  if (through < begun.head) {
    await client.query('select ledger.note_rebuilt($1, $2)', [projection.name, through])
    return { step: 'built', position: through, head: begun.head }
  }

  await client.query(`set local statement_timeout = '10min'`) // there may be much to compare
  const live = await holdLive(client)
  for (let from = through; from < live; from += batchSize) {
    await build(from, Math.min(live, from + batchSize))
  }
  const tables = await differences(client, 'ledger.swap_rebuild', projection.name)
  return { step: 'swapped', position: Math.max(through, live), tables }

  async function build(after: number, until: number): Promise<void> {
    onBuild?.(after)
    if (after < until) await advance(client, { ledger, projection, after, through: until })
  }
}

/** Where the copies stand and which schema they are in; nothing when the rebuild is not ours to do. */
export async function beginRebuild(
  client: PoolClient,
  { name, version }: { name: string; version: number },
  again: boolean,
): Promise<{ position: number; head: number; copies: string } | undefined> {
  const { rows } = await client.query<{ position: string | null; head: string; copies: string }>(
    `select ledger.begin_rebuild($1, $2, $3) as position, head.position as head,
       'rebuild_' || schema as copies
     from ledger.head, ledger.projection_schema where projection = $1`,
    [name, version, again],
  )
  const row = rows[0]
  if (!row) throw new Error(notRegistered(name))
  if (row.position === null) return undefined
  return { position: Number(row.position), head: Number(row.head), copies: row.copies }
}

/** What `ledger.compare_rebuild` or `ledger.swap_rebuild` finds. */
export async function differences(
  client: PoolClient,
  found: 'ledger.compare_rebuild' | 'ledger.swap_rebuild',
  name: string,
): Promise<SwappedTable[]> {
  const { rows } = await client.query<{ table_name: string; removed: string; added: string }>(
    `select table_name, removed, added from ${found}($1)`,
    [name],
  )
  return rows.map(({ table_name: table, removed, added }) => ({
    ...{ table, removed: Number(removed), added: Number(added) },
  }))
}

export function notRegistered(name: string): string {
  return `No migration has said where the tables of the projection "${name}" are: select ledger.register_projection('${name}', '<schema>')`
}
