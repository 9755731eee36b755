import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { connect } from '@pet/postgres/connection'
import { migrate, readMigrations, type MigrationSet } from '@pet/postgres/migrate'
import { usingPool } from '@pet/postgres/pool'
import { escapeIdentifier, type Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { audit, type AuditReport } from './audit.ts'
import { broken, readBackup, type BackupHeader, type BackupPart } from './backup-file.ts'
import { unpack } from './backup-packing.ts'
import { counted, quoted, type BackupContents } from './backup.ts'
import { replayInline } from './inline-projections.ts'
import { LedgerError } from './ledger-error.ts'

export interface RestoreOptions {
  /** What a backup has to have. */
  contents: BackupContents
  /** Those of the program that restores; the backup may be from an older one. */
  migrations: MigrationSet[]
  /** Called now and then with what is under way and, where it can be told, how far it is. */
  onProgress?: (doing: 'checking' | 'loading' | 'projecting' | 'auditing', done: number) => void
}

export interface RestoreReport extends AuditReport {
  /** When the backup was taken, ISO 8601 in UTC. */
  at: string
}

/**
 * Fills an empty database from a backup: the tables as they were, inline projections replayed, and
 * the other projections from the first event on when PET starts. The file is read to its end
 * before anything is touched, and the log is audited afterwards: it has to be what the backup says.
 *
 * @param open begins to read the file; called twice.
 * @throws LedgerError 'broken-backup' or 'not-empty'. Nothing is left behind then.
 */
export async function restore(
  ownerUrl: string,
  open: () => Readable,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const { onProgress = () => {} } = options
  const header = await checkBackup(open, options)
  await refuseUnlessEmpty(ownerUrl)
  try {
    await ensureApplicationRole(ownerUrl)
    const known = new Set(header.migrations.map(nameOf))
    await migrate(ownerUrl, options.migrations, {
      only: (migration) => known.has(nameOf(migration)),
    })
    await load(ownerUrl, open, options)
    await migrate(ownerUrl, options.migrations)
    const report = await auditRestored(ownerUrl, header, (events) => onProgress('auditing', events))
    return { at: header.at, ...report }
  } catch (error) {
    await removeEverything(ownerUrl).catch(() => {}) // the first error is the one that tells
    throw error
  }
}

/**
 * Reads a backup to its end and holds it against what this program knows; touches nothing.
 *
 * @throws LedgerError 'broken-backup'.
 */
export async function checkBackup(
  open: () => Readable,
  { contents, migrations, onProgress = () => {} }: RestoreOptions,
): Promise<BackupHeader> {
  const found: string[] = []
  const bytes = counted(open(), (read) => onProgress('checking', read))
  const header = await unpack(Readable.from(bytes), (unpacked) =>
    readBackup(unpacked, { part: async ({ table }) => void found.push(table) }),
  )
  const missing = contents.tables.filter((table) => !found.includes(table))
  const unknown = found.filter((table) => !contents.tables.includes(table))
  if (missing.length > 0) throw broken(`it lacks ${missing.join(', ')}`)
  if (unknown.length > 0) throw broken(`it has ${unknown.join(', ')}, which this PET does not know`)
  const known = await readMigrations(migrations)
  const stranger = header.migrations.find(
    (one) =>
      !known.some((other) => nameOf(other) === nameOf(one) && other.checksum === one.checksum),
  )
  if (!stranger) return header
  throw broken(`this PET does not know the migration ${nameOf(stranger)}; use the one that made it`)
}

async function load(
  ownerUrl: string,
  open: () => Readable,
  options: RestoreOptions,
): Promise<void> {
  const { onProgress = () => {} } = options
  await using owner = await connect(ownerUrl, { statementTimeoutMs: 0 })
  const { client } = owner
  await client.query('begin')
  const header = await unpack(open(), (unpacked) =>
    readBackup(unpacked, {
      header: ({ head }) => ensurePartitions(client, head.position),
      part: (part) => fill(client, part, (bytes) => onProgress('loading', bytes)),
    }),
  )
  for (const { name, value, called } of header.sequences) {
    await client.query('select setval($1::regclass, $2, $3)', [quoted(name), value, called])
  }
  await client.query('analyze')
  await replayInline(client, header.head.position, (position) => onProgress('projecting', position))
  await client.query('commit') // what ends before ends the connection, and with it the transaction
}

async function fill(
  client: Client,
  { table, columns, rows }: BackupPart,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (table === 'ledger.head') await client.query('delete from ledger.head') // a new log has one at 0
  const target = client.query(
    copyFrom(`copy ${quoted(table)} (${columns.map(escapeIdentifier).join(', ')}) from stdin`),
  )
  await pipeline(counted(rows, onBytes), target)
}

/** Makes the partitions that a log of this length needs beyond those of a new one. */
async function ensurePartitions(client: Client, position: number): Promise<void> {
  await client.query(
    `select ledger.add_event_partition(number)
     from generate_series(0, $1::bigint / ledger.events_per_partition()) as number
     where to_regclass('ledger.' || ledger.event_partition(number)) is null`,
    [position],
  )
}

async function auditRestored(
  ownerUrl: string,
  { head, firstBroken }: BackupHeader,
  onProgress: (events: number) => void,
): Promise<AuditReport> {
  await using database = usingPool(ownerUrl, { max: 1 })
  const report = await audit(database.pool, { onProgress })
  const asBefore = report.firstBroken === firstBroken && report.head === head.hash
  if (asBefore) return report
  throw broken(
    report.firstBroken === null
      ? 'the log in it does not end in the head that it names'
      : `position ${report.firstBroken} of the log in it does not hold`,
  )
}

/** Schemas that hold something and are not PostgreSQL's own. */
async function filledSchemas(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct n.nspname as name
     from pg_namespace as n
     left join pg_class as c on c.relnamespace = n.oid
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and (n.nspname <> 'public' or c.oid is not null)
     order by name`,
  )
  return rows.map(({ name }) => name)
}

async function refuseUnlessEmpty(ownerUrl: string): Promise<void> {
  await using owner = await connect(ownerUrl)
  const filled = await filledSchemas(owner.client)
  if (filled.length === 0) return
  throw new LedgerError(
    'not-empty',
    `The database has something in it already, in ${filled.join(', ')}; a backup goes into an empty one.`,
  )
}

/** The database was empty before: whatever is in it now came from here. */
async function removeEverything(ownerUrl: string): Promise<void> {
  await using owner = await connect(ownerUrl)
  for (const schema of await filledSchemas(owner.client)) {
    await owner.client.query(`drop schema ${escapeIdentifier(schema)} cascade`)
  }
}

function nameOf({ set, file }: { set: string; file: string }): string {
  return `${set}/${file}`
}
