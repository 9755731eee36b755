import { readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export type FolderLock = Disposable

/** The lock is held by a living process; `holder` is what it wrote about itself. */
export type LockHeld = { holder: string }

const busyErrorCode = 5 // SQLITE_BUSY

/**
 * Takes the lock `file`, or says who holds it. `holder` describes the taker to whoever comes next.
 *
 * The lock is the operating system's own (taken through SQLite, which speaks it on every
 * platform), so it ends with the process that holds it, however that ends, and a process that
 * later gets the same number is never mistaken for the holder.
 *
 * @throws the file system's error when the file can't be written.
 */
export function lockFolder(file: string, holder: string): FolderLock | LockHeld {
  const holderFile = `${file}.holder`
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    database.exec('pragma journal_mode = memory; begin exclusive')
  } catch (error) {
    database.close()
    if (isBusy(error)) return { holder: readHolder(holderFile) }
    throw error
  }
  try {
    writeFileSync(holderFile, holder)
  } catch (error) {
    database.close()
    throw error
  }
  return { [Symbol.dispose]: () => database.isOpen && database.close() }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === busyErrorCode
}

function readHolder(holderFile: string): string {
  try {
    return readFileSync(holderFile, 'utf8').trim()
  } catch {
    return 'another process'
  }
}
