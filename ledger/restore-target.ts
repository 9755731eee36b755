import { connect } from '@pet/postgres/connection'
import { escapeIdentifier, type Client } from 'pg'
import { quoted } from './backup.ts'
import { LedgerError } from './ledger-error.ts'

const lockKey = 7_346_002 // any number that nobody else in the database takes an advisory lock on
const statementTimeoutMs = 600_000

/**
 * Begins in an empty database what a restore puts there, so that whatever is in it from now on came
 * after: a restore that is killed is told from data by that. Disposing of it lets others restore.
 *
 * @param tables that a backup fills, as `schema.name`.
 * @throws LedgerError 'not-empty' or 'restore-under-way'.
 */
export async function claimEmpty(ownerUrl: string, tables: string[]): Promise<AsyncDisposable> {
  await using resources = new AsyncDisposableStack()
  const { client } = resources.use(await connect(ownerUrl, { statementTimeoutMs }))
  const { rows } = await client.query<{ mine: boolean }>(
    'select pg_try_advisory_lock($1) as mine',
    [lockKey],
  )
  if (!rows[0]?.mine) {
    throw new LedgerError('restore-under-way', 'Another restore is filling this database.')
  }
  if (await isLeftBehind(client, tables)) await removeSchemas(client)
  const filled = await filledSchemas(client)
  if (filled.length > 0) throw notEmpty(filled)
  await client.query(`create schema ${mark}`)
  const kept = resources.move()
  return { [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** In the transaction that fills it: from its commit on the database is a whole one. */
export async function releaseFilled(client: Client): Promise<void> {
  await client.query(`drop schema ${mark}`)
}

/**
 * Takes back what a restore that failed has put there. Before it was filled, nothing that somebody
 * else has written meanwhile (a PET that was started on it, say) is taken with it.
 */
export async function clearTarget(
  ownerUrl: string,
  { isFilled, tables }: { isFilled: boolean; tables: string[] },
): Promise<void> {
  await using owner = await connect(ownerUrl, { statementTimeoutMs })
  const { client } = owner
  if (isFilled || (await isLeftBehind(client, tables))) await removeSchemas(client)
}

const mark = 'restore_under_way'

/** Made by a restore that ended before it had filled anything, and used by nobody since. */
async function isLeftBehind(client: Client, tables: string[]): Promise<boolean> {
  if (!(await filledSchemas(client)).includes(mark)) return false
  for (const table of tables) {
    const { rows: there } = await client.query<{ exists: boolean }>(
      'select to_regclass($1) is not null as exists',
      [quoted(table)],
    )
    if (!there[0]?.exists) continue
    const { rowCount } = await client.query(
      table === 'ledger.head'
        ? 'select from ledger.head where position > 0'
        : `select from ${quoted(table)} limit 1`,
    )
    if (rowCount !== 0) return false
  }
  return true
}

async function removeSchemas(client: Client): Promise<void> {
  for (const schema of await filledSchemas(client)) {
    await client.query(`drop schema ${escapeIdentifier(schema)} cascade`)
  }
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

function notEmpty(filled: string[]): LedgerError {
  return new LedgerError(
    'not-empty',
    filled.includes(mark)
      ? 'A restore into this database was killed, and the database has been used since; a backup goes into an empty one.'
      : `The database has something in it already, in ${filled.join(', ')}; a backup goes into an empty one.`,
  )
}
