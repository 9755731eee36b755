import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import type { Client } from 'pg'
import { connect } from './connection.ts'
import { DatabaseProblem } from './problem.ts'

/** Files `NNNN-title.sql` in one folder, applied in the order of their numbers. */
export type MigrationSet = { name: string; folder: URL }

export type Migration = { set: string; file: string; sql: string; checksum: string }

export type MigrateOptions = {
  /** Which files to take for all there are: those that a backup was made with, say. @default every one */
  only?: (migration: Migration) => boolean
}

type Applied = { set: string; file: string; checksum: string }

const lockKey = 7_346_001 // any number that nobody else in the database takes an advisory lock on
const lockPatience = '60s'
const statementTimeoutMs = 600_000

/**
 * Applies the migrations that the database lacks, each in a transaction of its own, and returns
 * their names as `set/file`. There is no way back: what was applied may not change. Any number of
 * nodes may call this at once; one applies, the others wait and find nothing to do.
 *
 * @throws DatabaseProblem 'migration-changed', 'migration-out-of-order', 'migration-failed' or 'too-new'.
 */
export async function migrate(
  ownerUrl: string,
  sets: MigrationSet[],
  { only = () => true }: MigrateOptions = {},
): Promise<{ applied: string[] }> {
  const migrations = (await readMigrations(sets)).filter(only)
  await using owner = await connect(ownerUrl, { statementTimeoutMs })
  const { client } = owner
  await client.query(`set lock_timeout = '${lockPatience}'; set client_min_messages = warning`)
  await client.query('select pg_advisory_lock($1)', [lockKey])
  const known = await readApplied(client)
  const missing = sets.flatMap(({ name }) => missingFrom(name, migrations, known))
  for (const migration of missing) await apply(client, migration)
  return { applied: missing.map(nameOf) }
}

/** The files of the sets, in order, with the checksums that the database keeps. */
export async function readMigrations(sets: MigrationSet[]): Promise<Migration[]> {
  const perSet = await Promise.all(
    sets.map(async ({ name, folder }) => {
      const files = (await readdir(folder))
        .filter((file) => /^\d{4}-.+\.sql$/.test(file))
        .toSorted()
      return Promise.all(files.map((file) => readMigration(name, folder, file)))
    }),
  )
  return perSet.flat()
}

async function readMigration(set: string, folder: URL, file: string): Promise<Migration> {
  // A checkout may change line ends; it must not change what was applied.
  const sql = (await readFile(new URL(file, asFolder(folder)), 'utf8')).replaceAll('\r\n', '\n')
  return { set, file, sql, checksum: createHash('sha256').update(sql).digest('hex') }
}

function asFolder(url: URL): URL {
  return url.href.endsWith('/') ? url : new URL(`${url.href}/`)
}

async function readApplied(client: Client): Promise<Applied[]> {
  await client.query(`
    create schema if not exists migrations;
    create table if not exists migrations.applied (
      "set" text not null,
      file text not null,
      checksum text not null,
      applied_at timestamptz not null default now(),
      primary key ("set", file)
    )`)
  const { rows } = await client.query<Applied>(
    'select "set", file, checksum from migrations.applied order by "set", file',
  )
  return rows
}

function missingFrom(set: string, migrations: Migration[], known: Applied[]): Migration[] {
  const files = migrations.filter((migration) => migration.set === set)
  const applied = known.filter((migration) => migration.set === set)
  for (const [index, { file, checksum }] of applied.entries()) {
    const expected = files[index]
    if (files.every((migration) => migration.file !== file)) throw tooNew(set, file)
    if (expected?.file !== file) throw outOfOrder(set, expected?.file ?? file, file)
    if (expected.checksum !== checksum) throw changed(set, file)
  }
  return files.slice(applied.length)
}

async function apply(client: Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(migration.sql)
    await client.query(
      'insert into migrations.applied ("set", file, checksum) values ($1, $2, $3)',
      [migration.set, migration.file, migration.checksum],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    const reason = error instanceof Error ? error.message : String(error)
    throw new DatabaseProblem(
      'migration-failed',
      `The migration ${nameOf(migration)} failed and was undone: ${reason}.`,
      'Put right what it names and start again.',
      error,
    )
  }
}

function nameOf({ set, file }: Pick<Migration, 'set' | 'file'>): string {
  return `${set}/${file}`
}

function changed(set: string, file: string): DatabaseProblem {
  return new DatabaseProblem(
    'migration-changed',
    `The migration ${nameOf({ set, file })} was changed after it was applied to this database.`,
    'Restore the file as it was, and put the change into a new migration.',
  )
}

function outOfOrder(set: string, file: string, after: string): DatabaseProblem {
  return new DatabaseProblem(
    'migration-out-of-order',
    `The migration ${nameOf({ set, file })} is new, but ${after}, which comes after it, was applied before.`,
    'Give the new migration the highest number.',
  )
}

function tooNew(set: string, file: string): DatabaseProblem {
  return new DatabaseProblem(
    'too-new',
    `The database has the migration ${nameOf({ set, file })}, which this PET does not know.`,
    'Start the newer PET that this database belongs to.',
  )
}
