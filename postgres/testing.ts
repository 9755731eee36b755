import { createHash, randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { ensureApplicationRole } from './application-role.ts'
import { connect } from './connection.ts'
import { cloneDatabase, createDatabase, dropDatabase } from './database.ts'
import { migrate, readMigrations, type MigrationSet } from './migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser's URL of the one server of this test run. */
    postgresUrl: string
  }
}

export interface TestDatabase extends AsyncDisposable {
  ownerUrl: string
  applicationUrl: string
  serverUrl: string
}

/**
 * A database of its own for a test, on the one server of the run: `await using database = await
 * testDatabase({ migrations })`. With migrations it is cloned from a template that the first
 * caller makes.
 */
export async function testDatabase({
  migrations = [],
}: { migrations?: MigrationSet[] } = {}): Promise<TestDatabase> {
  const serverUrl = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const ownerUrl =
    migrations.length === 0
      ? await createDatabase(serverUrl, name)
      : await cloneDatabase(serverUrl, { template: await templateFor(serverUrl, migrations), name })
  const { url: applicationUrl } = await ensureApplicationRole(ownerUrl)
  return {
    ownerUrl,
    applicationUrl,
    serverUrl,
    [Symbol.asyncDispose]: () => dropDatabase(serverUrl, name),
  }
}

async function templateFor(serverUrl: string, sets: MigrationSet[]): Promise<string> {
  const migrations = await readMigrations(sets)
  const parts = migrations.map(({ set, file, checksum }) => `${set}/${file} ${checksum}`)
  const template = `template_${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)}`
  await using server = await connect(serverUrl, { statementTimeoutMs: 60_000 })
  await server.client.query('select pg_advisory_lock(hashtext($1))', [template])
  const { rowCount } = await server.client.query(
    'select from pg_database where datname = $1 and datistemplate',
    [template],
  )
  if (rowCount === 1) return template
  await dropDatabase(serverUrl, template)
  const url = await createDatabase(serverUrl, template)
  await ensureApplicationRole(url)
  await migrate(url, sets)
  await server.client.query(`alter database ${template} is_template true allow_connections false`)
  return template
}
