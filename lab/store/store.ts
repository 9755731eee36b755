import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { migrations } from './migrations.ts'

/** The lab's own database: what was run, what came out, what it showed. A file beside the journals. */
export type Store = Disposable & { database: DatabaseSync }

/** How long a writer waits for another process that writes. */
const patienceMs = 5_000

/**
 * Opens the database, and makes it or brings it up to date. Readers are never in a writer's way (WAL), what was
 * committed survives the death of the process, and no server has to run that a fault could hit.
 */
export function openStore(file: string): Store {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '', { flag: 'a', mode: 0o600 })
  const database = new DatabaseSync(file, { timeout: patienceMs })
  try {
    database.exec(
      'pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on',
    )
    migrate(database)
  } catch (error) {
    database.close()
    throw error
  }
  return { database, [Symbol.dispose]: () => database.isOpen && database.close() }
}

/** All of it or nothing. */
export function inTransaction<Result>({ database }: Store, work: () => Result): Result {
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    database.exec('rollback')
    throw error
  }
}

function migrate(database: DatabaseSync): void {
  if (versionOf(database) >= migrations.length) return
  inTransaction({ database, [Symbol.dispose]: () => {} }, () => {
    // Read again: somebody else may have been at it while this one waited for its turn.
    for (let version = versionOf(database); version < migrations.length; version++) {
      database.exec(migrations[version] ?? '')
      database.exec(`pragma user_version = ${version + 1}`)
    }
  })
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0)
}
