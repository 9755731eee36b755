import { endOnAbort } from '@pet/postgres/end-on-abort'
import type { Pool, PoolClient } from 'pg'
import { canonicalJson } from './canonical.ts'
import type { Json } from './json.ts'
import { readHead } from './read.ts'

/** Verifies an export with nothing but Node; a file of its own, to be handed on with the log. */
export const logVerifier = new URL('./verify-log.mjs', import.meta.url)

export interface ExportOptions {
  /** Called now and then with the events written so far, and all there are. */
  onProgress?: (written: number, events: number) => void
  /** Events held in memory at once. @default 2_000 */
  batchSize?: number
  /** Gives it up: the next line is an error. */
  signal?: AbortSignal
}

/**
 * The log as lines of canonical JSON (RFC 8785), for those who shall verify it without the
 * database: first `{"format": "pet-log-1", …}`; then, group by group, `{"event": …}` for each event
 * and `{"group": {first, last, hash}}`; at last `{"head": {position, hash}}`. Personal values are
 * encrypted, and no key is in it. One snapshot; appends go on meanwhile.
 */
export async function* exportLog(
  pool: Pool,
  { onProgress, batchSize = 2_000, signal }: ExportOptions = {},
): AsyncGenerator<string> {
  const client = await pool.connect()
  try {
    using _ending = await endOnAbort(client, signal)
    await client.query('begin isolation level repeatable read read only')
    await client.query('set local statement_timeout = 0') // whoever reads the lines sets the pace
    const head = await readHead(client)
    yield `${canonicalJson({ format: 'pet-log-1', exportedAt: new Date().toISOString() })}\n`
    for (let after: number | undefined = 0; after !== undefined;) {
      const rows = await readRows(client, after, batchSize)
      if (rows.length > 0) yield rows.map(linesOf).join('')
      after = rows.at(-1)?.event.position
      if (after !== undefined) onProgress?.(after, head.position)
    }
    yield `${canonicalJson({ head })}\n`
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

type ExportRow = {
  event: { position: number; occurredAt: string; [key: string]: Json }
  group_first: string | null
  group_hash: string | null
}

const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

async function readRows(client: PoolClient, after: number, limit: number): Promise<ExportRow[]> {
  const { rows } = await client.query<ExportRow>(
    `select g.first_position as group_first, encode(g.hash, 'hex') as group_hash,
       json_build_object('position', e.position, 'version', e.version, 'recordedAt', ${instant('e.recorded_at')},
         'hash', encode(e.hash, 'hex'), 'id', e.id, 'stream', e.stream, 'type', e.type,
         'schemaVersion', e.schema_version, 'occurredAt', ${instant('e.occurred_at')}, 'actor', e.actor,
         'commandId', e.command_id, 'correlation', e.correlation, 'causation', e.causation,
         'context', e.context, 'data', e.data) as event
     from (select * from ledger.event where position > $1 order by position limit $2) as e
     left join ledger.append_group as g on g.last_position = e.position
     order by e.position`,
    [after, limit],
  )
  return rows
}

function linesOf({ event, group_first, group_hash }: ExportRow): string {
  const occurredAt = event.occurredAt.replace(/000Z$/, 'Z') // hashed to the millisecond
  const line = `${canonicalJson({ event: { ...event, occurredAt } })}\n`
  if (group_first === null || group_hash === null) return line
  const group = { first: Number(group_first), last: event.position, hash: group_hash }
  return `${line}${canonicalJson({ group })}\n`
}
