import type { ClientBase } from 'pg'
import { canonicalEvent, firstHash, groupHash, sha256 } from './event-hash.ts'
import { hasExactNumbers } from './exact-numbers.ts'
import type { Json } from './json.ts'

export type Head = { position: number; hash: Buffer }

export interface ChainAuditOptions {
  /** Called now and then with the events checked so far, and all there are. */
  onProgress?: (checked: number, events: number) => void
  /** Events held in memory at once. @default 2_000 */
  batchSize?: number
  /** Called at the end of each group that holds, with its last position and the chain's hash there. */
  onGroup?: (position: number, hash: Buffer) => void
}

/** Walks the chain from the first event to the head. */
export async function firstBrokenLink(
  client: ClientBase,
  head: Head,
  events: number,
  { onProgress, batchSize = 2_000, onGroup = () => {} }: ChainAuditOptions,
): Promise<number | null> {
  const walk = startWalk(onGroup)
  let rows = await readRows(client, 0, batchSize)
  for (;;) {
    const last = rows.length < batchSize ? undefined : rows.at(-1)
    // The server reads the next ones while these are hashed.
    const next = last && readRows(client, Number(last.position), batchSize)
    const broken = firstNotNull(rows, walk.step)
    if (broken === null) onProgress?.(walk.position(), events)
    rows = (await next) ?? []
    if (broken !== null) return broken
    if (!next) return walk.end(head)
  }
}

function firstNotNull(rows: ChainRow[], step: (row: ChainRow) => number | null): number | null {
  for (const row of rows) {
    const broken = step(row)
    if (broken !== null) return broken
  }
  return null
}

type Group = { first: number; last: number; recordedAt: string; hash: Buffer; sum: GroupSum }
type GroupSum = ReturnType<typeof groupHash>

function startWalk(onGroup: (position: number, hash: Buffer) => void) {
  let position = 0
  let hash = firstHash
  let group: Group | undefined // the one that the walk is inside of

  /** Takes the next event; returns the position that does not hold, if one does not. */
  function step(row: ChainRow): number | null {
    const expected = position + 1
    if (Number(row.position) !== expected) return expected
    group ??= openGroup(row)
    if (!group) return expected
    if (row.recorded_at !== group.recordedAt || !sha256(canonicalRow(row)).equals(row.hash)) {
      return expected
    }
    if (!hasExactNumbers(row.data) || !hasExactNumbers(row.context ?? '')) return expected
    group.sum.add(row.hash)
    position = expected
    return position === group.last ? closeGroup(group) : null
  }

  function openGroup(row: ChainRow): Group | undefined {
    if (row.group_hash === null || !row.group_previous?.equals(hash)) return undefined
    return {
      first: Number(row.position),
      last: Number(row.group_last),
      recordedAt: row.group_recorded_at ?? '',
      hash: row.group_hash,
      sum: groupHash(hash, BigInt(row.position), BigInt(row.group_recorded_at ?? 0)),
    }
  }

  function closeGroup({ first, hash: claimed, sum }: Group): number | null {
    hash = sum.digest()
    group = undefined
    if (!hash.equals(claimed)) return first
    onGroup(position, hash)
    return null
  }

  /** The walk is over: was that all, and does the head say so? */
  function end(head: Head): number | null {
    if (group || head.position > position) return position + 1
    if (head.position < position) return head.position + 1
    return head.hash.equals(hash) ? null : Math.max(position, 1)
  }

  return { step, end, position: () => position }
}

type ChainRow = {
  position: string
  id: string
  stream: string
  type: string
  schema_version: number
  occurred_at: string
  recorded_at: string
  actor: string
  command_id: string
  correlation: string | null
  causation: string | null
  context: string | null
  data: string
  hash: Buffer
  group_last: string | null
  group_recorded_at: string | null
  group_previous: Buffer | null
  group_hash: Buffer | null
}

const micros = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint`

async function readRows(client: ClientBase, after: number, limit: number): Promise<ChainRow[]> {
  const { rows } = await client.query<ChainRow>(
    `select e.position, e.id, e.stream, e.type, e.schema_version,
       to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as occurred_at,
       ${micros('e.recorded_at')} as recorded_at, e.actor, e.command_id, e.correlation, e.causation,
       e.context::text as context, e.data::text as data, e.hash,
       g.last_position as group_last, ${micros('g.recorded_at')} as group_recorded_at,
       g.previous_hash as group_previous, g.hash as group_hash
     from (select * from ledger.event where position > $1 order by position limit $2) as e
     left join ledger.append_group as g on g.first_position = e.position
     order by e.position`,
    [after, limit],
  )
  return rows
}

function canonicalRow(row: ChainRow): string {
  return canonicalEvent({
    id: row.id,
    stream: row.stream,
    type: row.type,
    schemaVersion: row.schema_version,
    // Recorded to the millisecond: microseconds that are not zero stay, and break the hash.
    occurredAt: row.occurred_at.replace(/000Z$/, 'Z'),
    actor: row.actor,
    commandId: row.command_id,
    correlation: row.correlation,
    causation: row.causation,
    context: row.context === null ? null : (JSON.parse(row.context) as Json),
    data: JSON.parse(row.data) as Json,
  })
}
