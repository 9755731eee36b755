import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { serverVersion, type Binaries } from './binaries.ts'
import { DatabaseProblem } from './problem.ts'
import { finishReplacing, nextFolder } from './replace-data-folder.ts'
import { runUnprivileged } from './run-unprivileged.ts'

/** The files that belong to a data folder and lie beside it. */
export function filesBeside(folder: string): { lock: string; log: string; secret: string } {
  return { lock: `${folder}.lock`, log: `${folder}.log`, secret: `${folder}.secret` }
}

/** Whether there is a data folder; one that was about to be replaced when all was killed is there too. */
export function hasDataFolder(folder: string): boolean {
  return existsSync(folder) || existsSync(nextFolder(folder))
}

/**
 * Makes sure that `folder` holds a data folder of this server's version, and returns the
 * superuser's password. A new one is prepared beside it and then moved into place, so that what
 * interrupts this leaves nothing half done.
 *
 * @throws DatabaseProblem 'broken-data-folder', 'too-new', 'old-data-folder' or 'folder-not-writable'.
 */
export async function ensureDataFolder(
  folder: string,
  { binaries, durable }: { binaries: Binaries; durable: boolean },
): Promise<{ password: string; created: boolean }> {
  const { secret } = filesBeside(folder)
  finishReplacing(folder)
  if (isMissingOrEmpty(folder)) {
    const password = readSecret(secret) ?? writeSecret(secret)
    await initialise(folder, { binaries, durable, secret })
    return { password, created: true }
  }
  checkVersion(folder, binaries.version)
  const password = readSecret(secret)
  if (password !== undefined) return { password, created: false }
  throw new DatabaseProblem(
    'broken-data-folder',
    `The data folder ${folder} is there, but the file with its password, ${secret}, is not.`,
    `Put ${basename(secret)} back, or move ${folder} away to begin with an empty database.`,
  )
}

/** Creates the folder that will hold the data folder and the files beside it. */
export function ensureWritable(home: string): void {
  const probe = join(home, `.writable-${process.pid}`)
  try {
    mkdirSync(home, { recursive: true })
    writeFileSync(probe, '')
    rmSync(probe)
  } catch (error) {
    throw notWritable(home, error)
  }
}

/** The superuser's password as it was kept when the data folder was made. */
export function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

function writeSecret(file: string): string {
  const password = randomBytes(32).toString('base64url')
  writeFileSync(file, `${password}\n`, { mode: 0o600 })
  return password
}

function isMissingOrEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true
    throw notWritable(folder, error)
  }
}

/**
 * Makes sure that a server of `wanted`, a major version, can run on the data folder.
 *
 * @throws DatabaseProblem 'broken-data-folder', 'too-new' or 'old-data-folder'.
 */
export function checkVersion(folder: string, wanted: string = serverVersion): void {
  const version = readVersion(folder)
  if (version === wanted) return
  if (version === undefined) {
    throw new DatabaseProblem(
      'broken-data-folder',
      `${folder} is not a data folder of PostgreSQL, or a broken one: it does not say its version.`,
      'Restore it from a backup, or move it away to begin with an empty database.',
    )
  }
  const isNewer = Number(version) > Number(wanted)
  throw new DatabaseProblem(
    isNewer ? 'too-new' : 'old-data-folder',
    `The data folder ${folder} was made by PostgreSQL ${version}, and the server here is ${wanted}.`,
    isNewer
      ? 'Use the PET that made it, or move it away to begin with an empty database.'
      : 'Run "npx pet upgrade": it takes the data over by a backup and a restore, and keeps the old folder.',
  )
}

/** The major version of the server that made a data folder; undefined when there is none that says so. */
export function readVersion(folder: string): string | undefined {
  try {
    return /^\d+$/m.exec(readFileSync(join(folder, 'PG_VERSION'), 'utf8'))?.[0]
  } catch {
    return undefined
  }
}

async function initialise(
  folder: string,
  { binaries, durable, secret }: { binaries: Binaries; durable: boolean; secret: string },
): Promise<void> {
  const unfinished = `${folder}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  const { code, output } = await runUnprivileged(binaries.initdb, [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ])
  if (code !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    throw cannotInitialise(folder, output)
  }
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
}

function cannotInitialise(folder: string, output: string): DatabaseProblem {
  const reason = /(?:FATAL|PANIC|error):\s+(.*)/.exec(output)?.[1] ?? output.trim()
  if (/permission denied|read-only file system|no space left/i.test(output)) {
    return notWritable(dirname(folder), new Error(reason))
  }
  return new DatabaseProblem(
    'cannot-start',
    `A new database could not be made in ${folder}: ${reason}.`,
    'Look at the reason given, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

function notWritable(folder: string, error: unknown): DatabaseProblem {
  const reason = error instanceof Error ? error.message : String(error)
  return new DatabaseProblem(
    'folder-not-writable',
    `The folder ${folder} can't be written to (${reason}).`,
    'Give yourself the right to write there, or choose another folder.',
    error,
  )
}
