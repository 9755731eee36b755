import type { Writable } from 'node:stream'
import { endOnAbort } from '@pet/postgres/end-on-abort'
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
  /**
   * Those that a later migration made, and which: a database without it has none.
   *
   * @example { 'identity.passkey': 'pet/0040-passkeys.sql' }
   */
  since?: Record<string, string>
}

/** The log, the keys of persons, and what the log needs to go on. */
export const ledgerTables: readonly string[] = [
  ...['ledger.event', 'ledger.append_group', 'ledger.command', 'ledger.stream', 'ledger.head'],
  'ledger.person_key',
]

export interface BackupOptions {
  /** Called now and then: of so many events, so many are checked; and then, so many bytes are written. */
  onProgress?: (progress: { checked: number; events: number } | { writtenBytes: number }) => void
  /** Gives it up: it rejects, and what is in the target by then is of no use. */
  signal?: AbortSignal
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
  { onProgress = () => {}, signal }: BackupOptions = {},
): Promise<BackupReport> {
  const client = await pool.connect()
  let failed = true
  try {
    using _ending = await endOnAbort(client, signal)
    await client.query('begin isolation level repeatable read read only')
    await client.query(copySettings)
    const at = new Date().toISOString()
    const report = await auditSnapshot(client, {
      onProgress: (checked, events) => onProgress({ checked, events }),
    })
    const header = await readHeader(client, { at, report, contents })
    const tables = await readColumns(client, thereWith(header.migrations, contents).tables)
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

/** What was decided on, less what the migrations had not made yet. */
export function thereWith(
  migrations: BackupHeader['migrations'],
  { tables, sequences, since = {} }: BackupContents,
): { tables: string[]; sequences: string[] } {
  const applied = new Set(migrations.map(({ set, file }) => `${set}/${file}`))
  const isThere = (name: string) => since[name] === undefined || applied.has(since[name])
  return { tables: tables.filter(isThere), sequences: sequences.filter(isThere) }
}

/**
 * For the transaction that reads or writes a backup: the same text on every server, however its dates
 * and numbers are set up; and an error where a policy would leave rows out without a word.
 */
export const copySettings = `
  set local datestyle = 'ISO, YMD';
  set local timezone = 'UTC';
  set local intervalstyle = 'postgres';
  set local extra_float_digits = 1;
  set local row_security = off;
  set local statement_timeout = 0`

async function readHeader(
  client: PoolClient,
  { at, report, contents }: { at: string; report: AuditReport; contents: BackupContents },
): Promise<BackupHeader> {
  const { rows: server } = await client.query<{ server_version: string }>('show server_version')
  const { rows: migrations } = await client.query<BackupHeader['migrations'][number]>(
    'select "set", file, checksum from migrations.applied order by "set", file',
  )
  const { rows: head } = await client.query<{ position: string }>(
    'select position from ledger.head',
  )
  const sequences: BackupHeader['sequences'] = []
  for (const name of thereWith(migrations, contents).sequences) {
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
