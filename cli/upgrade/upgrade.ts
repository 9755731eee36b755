import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RestoreReport } from '@pet/ledger/restore'
import { serverVersion, type Binaries } from '@pet/postgres/binaries'
import { checkVersion, filesBeside, hasDataFolder, readVersion } from '@pet/postgres/data-folder'
import type { FolderLock } from '@pet/postgres/folder-lock'
import { finishReplacing, nextFolder, replaceDataFolder } from '@pet/postgres/replace-data-folder'
import { lockDataFolder, startServer } from '@pet/postgres/server'
import { stopServerIn } from '@pet/postgres/stop-server'
import { backUp } from '../backup.ts'
import { databaseFolder, databaseName, ensureDatabase } from '../home.ts'
import { lockHome } from '../lock-home.ts'
import { CommandProblem, badInput } from '../problem.ts'
import { restoreFrom } from '../restore.ts'
import { noDatabase } from '../with-database.ts'
import { findOldServer } from './old-server.ts'

export type Upgrade =
  | { outcome: 'nothing to do'; version: string; folder: string }
  | ({
      outcome: 'upgraded'
      /** The versions of PostgreSQL: the present one, and that which made the data. */
      version: string
      from: string
      /** Where the old data folder is now. */
      keptAs: string
    } & RestoreReport)

/**
 * Takes the data in `home` over to the PostgreSQL that PET brings along now: a backup by the server
 * that made it, restored and audited beside it, and put in its place by renames. Until then the old
 * folder is only read; what a killed upgrade left is cleared by the next.
 *
 * @throws CommandProblem or DatabaseProblem; the data is as it was then.
 */
export async function upgrade(
  home: string,
  { from, signal }: { from: string | undefined; signal: AbortSignal },
): Promise<Upgrade> {
  const folder = databaseFolder(home)
  if (!hasDataFolder(folder)) throw noDatabase(home)
  using _home = lockHome(home, {
    doing: 'upgrading its database',
    advice: 'Stop that one first, and run this again.',
  })
  using lock = lockDataFolder(folder)
  finishReplacing(folder)
  const version = readVersion(folder) ?? ''
  const work = `${folder}.upgrade`
  const isDone = !isOlder(folder)
  await clear(folder, work) // also of one that was killed when it had all but ended
  if (isDone) return { outcome: 'nothing to do', version: serverVersion, folder }
  const binaries = await findOldServer(home, { version, from })
  try {
    mkdirSync(work, { mode: 0o700 })
    const file = join(work, 'pet.backup')
    say(`1 of 3: a backup with PostgreSQL ${version}`)
    await backUpOld({ folder, file, binaries, lock, signal })
    say(`2 of 3: restoring it with PostgreSQL ${serverVersion}`)
    const report = await restoreNew({ file, folder, work, signal })
    signal.throwIfAborted()
    say('3 of 3: putting it in place')
    const keptAs = freeName(`${folder}-${version}`)
    copyFileSync(filesBeside(folder).secret, filesBeside(keptAs).secret)
    replaceDataFolder(folder, { by: join(work, 'postgres'), keptAs })
    return { outcome: 'upgraded', version: serverVersion, from: version, keptAs, ...report }
  } finally {
    await clear(folder, work)
  }
}

/** @throws DatabaseProblem when it is newer, or does not say what it is. */
function isOlder(folder: string): boolean {
  try {
    checkVersion(folder)
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'old-data-folder') return true
    throw error
  }
}

type Old = {
  folder: string
  file: string
  binaries: Binaries
  lock: FolderLock
  signal: AbortSignal
}

async function backUpOld({ file, signal, ...how }: Old): Promise<void> {
  // What somebody wrote to the old server from now on would be missing in the new one.
  const settings = { default_transaction_read_only: 'on' }
  await using server = await startServer({ ...how, settings, signal })
  await backUp(server.urlOf(databaseName), { file, signal }).catch((error: unknown) => {
    throw asNothingThere(error, how.folder)
  })
}

/** A server that was killed in its very first start has no database of PET yet. */
function asNothingThere(error: unknown, folder: string): unknown {
  const noDatabase = '3D000'
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== noDatabase && code !== 'no-log') return error
  return new CommandProblem(
    `There is nothing of PET's in ${folder} to take over.`,
    'Move that folder away, and start PET.',
    badInput,
  )
}

type New = { file: string; folder: string; work: string; signal: AbortSignal }

async function restoreNew({ file, folder, work, signal }: New): Promise<RestoreReport> {
  const fresh = join(work, 'postgres')
  copyFileSync(filesBeside(folder).secret, filesBeside(fresh).secret) // so that its URL stays the same
  return await restoreFrom(file, {
    async into(restore) {
      await using server = await startServer({ folder: fresh, signal })
      return await restore(await ensureDatabase(server))
    },
    signal,
  })
}

/** Removes what an upgrade needs or left behind; nothing of it is the data. */
async function clear(folder: string, work: string): Promise<void> {
  await stopServerIn(join(work, 'postgres'))
  rmSync(work, { recursive: true, force: true })
  if (existsSync(folder)) rmSync(nextFolder(folder), { recursive: true, force: true })
}

function freeName(path: string): string {
  const isFree = (name: string) => !existsSync(name)
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? path : `${path}-${number}`
    if (isFree(name)) return name
  }
}

function say(what: string): void {
  console.error(what)
}
