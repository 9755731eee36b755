import { ensureApplicationRole } from '@pet/postgres/application-role'
import { createDatabase, dropDatabase } from '@pet/postgres/database'
import { migrate } from '@pet/postgres/migrate'
import { ledgerMigrations } from '@pet/ledger/migrations'

export interface BenchDatabase extends AsyncDisposable {
  /** Of the application. */
  url: string
  ownerUrl: string
}

/** A database with an empty log, dropped with its block. */
export async function openBenchDatabase(serverUrl: string, name: string): Promise<BenchDatabase> {
  await using opened = new AsyncDisposableStack()
  const ownerUrl = await createDatabase(serverUrl, name)
  opened.defer(() => dropDatabase(serverUrl, name))
  const { url } = await ensureApplicationRole(ownerUrl)
  await migrate(ownerUrl, [ledgerMigrations])
  const kept = opened.move()
  return { url, ownerUrl, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
