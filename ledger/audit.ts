import type { Pool, PoolClient } from 'pg'
import { canonicalEvent, firstHash, groupHash, sha256 } from './event-hash.ts'
import { hasExactNumbers } from './exact-numbers.ts'
import type { Json } from './json.ts'

export interface AuditReport {
  /** Events in the log. */
  events: number
  /** The hash over all of them as the log claims it, in hexadecimal. */
  head: string
  ok: boolean
  /** The first position that does not hold; null when all do. */
  firstBroken: number | null
}

export interface AuditOptions {
  /** Called now and then with the events checked so far, and all there are. */
  onProgress?: (checked: number, events: number) => void
  /** Events held in memory at once. @default 2_000 */
  batchSize?: number
}

/**
 * Recomputes every hash from the events and holds the log against them: positions and each
 * stream's versions without gaps, groups and their chain up to the head, each command where its
 * events are. Reads one snapshot, in bounded memory; appends go on meanwhile.
 *
 * What it can't see is a log that was rewritten in full, chain and head included: that takes a
 * head kept elsewhere.
 */
export async function audit(pool: Pool, options: AuditOptions = {}): Promise<AuditReport> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    await client.query('set local statement_timeout = 0') // one pass over a large log takes its time
    const { rows } = await client.query<{ events: string; position: string; hash: Buffer }>(
      'select position, hash, (select count(*) from ledger.event) as events from ledger.head',
    )
    const { events, position, hash } = rows[0]!
    const head = { position: Number(position), hash }
    const firstBroken =
      earliest(
        await firstBrokenLink(client, head, Number(events), options),
        await firstBrokenVersion(client),
      ) ?? earliest(await firstBrokenStream(client), await firstBrokenCommand(client))
    const ok = firstBroken === null
    return { events: Number(events), head: hash.toString('hex'), ok, firstBroken }
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

type Head = { position: number; hash: Buffer }

/** Walks the chain from the first event to the head. */
async function firstBrokenLink(
  client: PoolClient,
  head: Head,
  events: number,
  { onProgress, batchSize = 2_000 }: AuditOptions,
): Promise<number | null> {
  const walk = startWalk()
  for (;;) {
    const rows = await readRows(client, walk.position(), batchSize)
    for (const row of rows) {
      const broken = walk.step(row)
      if (broken !== null) return broken
    }
    onProgress?.(walk.position(), events)
    if (rows.length < batchSize) return walk.end(head) ?? (await firstStrayGroup(client))
  }
}

type Group = { first: number; last: number; recordedAt: string; hash: Buffer; sum: GroupSum }
type GroupSum = ReturnType<typeof groupHash>

function startWalk() {
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
    return hash.equals(claimed) ? null : first
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

async function readRows(client: PoolClient, after: number, limit: number): Promise<ChainRow[]> {
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

/** A group that the walk did not come upon: it starts inside of another, or after the head. */
async function firstStrayGroup(client: PoolClient): Promise<number | null> {
  return firstPosition(
    client,
    `select min(first_position) as position
     from (select first_position, last_position, lag(last_position, 1, 0::bigint) over (order by first_position) as before
           from ledger.append_group) as followed
     where first_position <> before + 1 or last_position > (select position from ledger.head)`,
  )
}

/** Versions count 1, 2, 3, … in the order of the positions. */
async function firstBrokenVersion(client: PoolClient): Promise<number | null> {
  return firstPosition(
    client,
    `select min(position) as position from (
       select position, version, row_number() over (partition by stream order by position) as expected
       from ledger.event
     ) as counted
     where version <> expected`,
  )
}

/** Each stream's last version is what the next append will take it for. */
async function firstBrokenStream(client: PoolClient): Promise<number | null> {
  return firstPosition(
    client,
    `with counted as (
       select stream, max(position) as position, max(version) as version
       from ledger.event group by stream
     )
     select min(coalesce(counted.position, 1)) as position
     from counted full join ledger.stream using (stream)
     where counted.version is distinct from stream.version`,
  )
}

/** Every event lies within its command's positions, and nothing else does. */
async function firstBrokenCommand(client: PoolClient): Promise<number | null> {
  return firstPosition(
    client,
    `with run as (
       select command_id, min(position) as first_position, max(position) as last_position
       from ledger.event group by command_id
     )
     select min(least(run.first_position, command.first_position)) as position
     from run full join ledger.command using (command_id)
     where (run.first_position, run.last_position)
       is distinct from (command.first_position, command.last_position)`,
  )
}

async function firstPosition(client: PoolClient, query: string): Promise<number | null> {
  const { rows } = await client.query<{ position: string | null }>(query)
  const position = rows[0]?.position ?? null
  return position === null ? null : Number(position)
}

function earliest(...positions: (number | null)[]): number | null {
  const found = positions.filter((position) => position !== null)
  return found.length === 0 ? null : Math.min(...found)
}
