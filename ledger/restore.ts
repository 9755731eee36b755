import { isDeepStrictEqual } from 'node:util'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { connect } from '@pet/postgres/connection'
import { endOnAbort } from '@pet/postgres/end-on-abort'
import { migrate, readMigrations, type MigrationSet } from '@pet/postgres/migrate'
import { escapeIdentifier, type Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { auditSnapshot, type AuditReport } from './audit.ts'
import { broken, readBackup, type BackupHeader, type BackupPart } from './backup-file.ts'
import { unpack } from './backup-packing.ts'
import { copySettings, counted, quoted, thereWith, type BackupContents } from './backup.ts'
import { replayInline } from './inline-projections.ts'
import { claimEmpty, clearTarget, releaseFilled } from './restore-target.ts'

export interface RestoreOptions {
  /** What a backup has to have. */
  contents: BackupContents
  /** Those of the program that restores; the backup may be from an older one. */
  migrations: MigrationSet[]
  /** Called now and then with what is under way and, where it can be told, how far it is. */
  onProgress?: (doing: 'checking' | 'loading' | 'projecting' | 'auditing', done: number) => void
  /** Gives it up: it rejects, and the database is as empty as before. */
  signal?: AbortSignal
}

export interface RestoreReport extends AuditReport {
  /** When the backup was taken, ISO 8601 in UTC. */
  at: string
}

/**
 * Fills an empty database from a backup: the tables as they were, inline projections replayed, and
 * the other projections from the first event on when PET starts. The file is read to its end
 * before anything is touched. It is filled in one transaction, at whose end the log is audited: it
 * has to be what the backup says. What a restore left behind that was killed is cleared first.
 *
 * @param open begins to read the file; called twice.
 * @throws LedgerError 'broken-backup', 'not-empty' or 'restore-under-way'. Nothing is left behind then.
 */
export async function restore(
  ownerUrl: string,
  open: () => Readable,
  options: RestoreOptions,
): Promise<RestoreReport> {
  const header = await checkBackup(open, options)
  const { tables } = options.contents
  await using _claimed = await claimEmpty(ownerUrl, tables)
  let isFilled = false
  try {
    await ensureApplicationRole(ownerUrl)
    const known = new Set(header.migrations.map(nameOf))
    await migrate(ownerUrl, options.migrations, {
      only: (migration) => known.has(nameOf(migration)),
    })
    const report = await load(ownerUrl, open, { header, options })
    isFilled = true
    await migrate(ownerUrl, options.migrations)
    return { at: header.at, ...report }
  } catch (error) {
    await clearTarget(ownerUrl, { isFilled, tables }).catch(() => {}) // the first error is the one that tells
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
  { contents, migrations, onProgress = () => {}, signal }: RestoreOptions,
): Promise<BackupHeader> {
  const found: string[] = []
  const bytes = counted(open(), (read) => {
    signal?.throwIfAborted()
    onProgress('checking', read)
  })
  const header = await unpack(Readable.from(bytes), (unpacked) =>
    readBackup(unpacked, { part: async ({ table }) => void found.push(table) }),
  )
  const wanted = thereWith(header.migrations, contents)
  const kept = [...found, ...header.sequences.map(({ name }) => name)]
  const missing = [...wanted.tables, ...wanted.sequences].filter((name) => !kept.includes(name))
  const known = [...contents.tables, ...contents.sequences]
  const unknown = kept.filter((name) => !known.includes(name))
  if (missing.length > 0) throw broken(`it lacks ${missing.join(', ')}`)
  if (unknown.length > 0) throw broken(`it has ${unknown.join(', ')}, which this PET does not know`)
  const migrated = await readMigrations(migrations)
  const stranger = header.migrations.find(
    (one) =>
      !migrated.some((other) => nameOf(other) === nameOf(one) && other.checksum === one.checksum),
  )
  if (!stranger) return header
  throw broken(`this PET does not know the migration ${nameOf(stranger)}; use the one that made it`)
}

async function load(
  ownerUrl: string,
  open: () => Readable,
  { header, options }: { header: BackupHeader; options: RestoreOptions },
): Promise<AuditReport> {
  const { onProgress = () => {}, signal } = options
  await using owner = await connect(ownerUrl, { statementTimeoutMs: 0 })
  const { client } = owner
  using _ending = await endOnAbort(client, signal)
  await client.query('begin')
  await client.query(copySettings)
  const read = await unpack(open(), (unpacked) =>
    readBackup(unpacked, {
      header: ({ head }) => ensurePartitions(client, head.position),
      part: (part) => fill(client, part, (bytes) => onProgress('loading', bytes)),
    }),
  )
  if (!isDeepStrictEqual(read, header)) throw broken('it became another one while it was read')
  for (const { name, value, called } of header.sequences) {
    await client.query('select setval($1::regclass, $2, $3)', [quoted(name), value, called])
  }
  await client.query('analyze')
  await replayInline(client, header.head.position, (position) => onProgress('projecting', position))
  const report = await auditSnapshot(client, {
    onProgress: (events) => onProgress('auditing', events),
  })
  refuseUnlessAsBefore(report, header)
  await releaseFilled(client)
  await client.query('commit') // what ends before ends the connection, and with it the transaction
  return report
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

function refuseUnlessAsBefore(report: AuditReport, { head, firstBroken }: BackupHeader): void {
  if (report.firstBroken === firstBroken && report.head === head.hash) return
  throw broken(
    report.firstBroken === null
      ? 'the log in it does not end in the head that it names'
      : `position ${report.firstBroken} of the log in it does not hold`,
  )
}

function nameOf({ set, file }: { set: string; file: string }): string {
  return `${set}/${file}`
}
