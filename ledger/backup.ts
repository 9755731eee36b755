import type { Writable } from 'node:stream'
import { escapeIdentifier, type Pool, type PoolClient } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { auditSnapshot, type AuditReport } from './audit.ts'
import { backupBytes, type BackupHeader, type BackupPart, type BackupTable } from './backup-file.ts'
import { pack } from './backup-packing.ts'

/** What is kept; everything else can be made again from it. Names are `schema.name`. */
export interface BackupContents {
  /** In an order in which they can be filled. */
  tables: string[]
  sequences: string[]
}

/** The log, the keys of persons, and what the log needs to go on. */
export const ledgerTables: readonly string[] = [
  ...['ledger.event', 'ledger.append_group', 'ledger.command', 'ledger.stream', 'ledger.head'],
  'ledger.person_key',
]

export interface BackupOptions {
  /** Called now and then: of so many events, so many are checked; and then, so many bytes are written. */
  onProgress?: (progress: { checked: number; events: number } | { writtenBytes: number }) => void
}

export interface BackupReport extends AuditReport {
  /** When the snapshot was taken, ISO 8601 in UTC. */
  at: string
}

/**
 * Writes a backup into `target`: one snapshot, streamed, while appends go on. The log is audited in
 * the same snapshot; what the audit found is in the backup, and a log that does not hold is
 * backed up all the same, as it may be the only one there is.
 *
 * @param pool as the owner.
 */
export async function backup(
  pool: Pool,
  contents: BackupContents,
  target: Writable,
  { onProgress = () => {} }: BackupOptions = {},
): Promise<BackupReport> {
  const client = await pool.connect()
  let failed = true
  try {
    await client.query('begin isolation level repeatable read read only')
    await client.query('set local statement_timeout = 0')
    const at = new Date().toISOString()
    const report = await auditSnapshot(client, {
      onProgress: (checked, events) => onProgress({ checked, events }),
    })
    const header = await readHeader(client, { at, report, sequences: contents.sequences })
    const tables = await readColumns(client, contents.tables)
    const parts = tables.map((table) => partOf(client, table))
    const bytes = counted(backupBytes(header, parts), (writtenBytes) =>
      onProgress({ writtenBytes }),
    )
    await pack(bytes, target)
    await client.query('rollback')
    failed = false
    return { at, ...report }
  } finally {
    client.release(failed)
  }
}

async function readHeader(
  client: PoolClient,
  { at, report, sequences: names }: { at: string; report: AuditReport; sequences: string[] },
): Promise<BackupHeader> {
  const { rows: server } = await client.query<{ server_version: string }>('show server_version')
  const { rows: migrations } = await client.query<BackupHeader['migrations'][number]>(
    'select "set", file, checksum from migrations.applied order by "set", file',
  )
  const { rows: head } = await client.query<{ position: string }>(
    'select position from ledger.head',
  )
  const sequences: BackupHeader['sequences'] = []
  for (const name of names) {
    const { rows } = await client.query<{ value: string; called: boolean }>(
      `select last_value as value, is_called as called from ${quoted(name)}`,
    )
    sequences.push({ name, ...rows[0]! })
  }
  return {
    format: 'pet-backup-1',
    at,
    server: server[0]?.server_version ?? '',
    head: { position: Number(head[0]?.position ?? 0), hash: report.head },
    firstBroken: report.firstBroken,
    migrations,
    sequences,
  }
}

async function readColumns(client: PoolClient, tables: string[]): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable>(
    `select wanted.name as table, array_agg(a.attname::text order by a.attnum) as columns
     from unnest($1::text[], $2::text[]) with ordinality as wanted (name, quoted, place)
     join pg_attribute as a on a.attrelid = wanted.quoted::regclass
     where a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by wanted.name, wanted.place order by wanted.place`,
    [tables, tables.map(quoted)],
  )
  return rows
}

function partOf(client: PoolClient, { table, columns }: BackupTable): BackupPart {
  return { table, columns, rows: rows() }

  async function* rows(): AsyncGenerator<Buffer> {
    const selected = `select ${columns.map(escapeIdentifier).join(', ')} from ${quoted(table)}`
    yield* client.query(copyTo(`copy (${selected}) to stdout`)) as AsyncIterable<Buffer>
  }
}

/** Passes chunks on and tells how many bytes they have been so far. */
export async function* counted(
  chunks: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of chunks) {
    yield chunk
    onBytes((bytes += chunk.length))
  }
}

/** `identity.user` as SQL writes it: `"identity"."user"`. */
export function quoted(name: string): string {
  return name.split('.').map(escapeIdentifier).join('.')
}
