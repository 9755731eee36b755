import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from './connection.ts'
import { findBinaries, type Binaries } from './binaries.ts'
import {
  checkVersion,
  ensureDataFolder,
  ensureWritable,
  filesBeside,
  readSecret,
} from './data-folder.ts'
import { lockFolder, type FolderLock } from './folder-lock.ts'
import { freePort } from './free-port.ts'
import { readPostmaster } from './postmaster-file.ts'
import { DatabaseProblem } from './problem.ts'
import { canRunUnprivileged, spawnUnprivileged } from './run-unprivileged.ts'
import { stopServer, stopServerIn } from './stop-server.ts'

export interface ServerOptions {
  /** The data folder. It is made when it is not there; its lock, log and password lie beside it. */
  folder: string
  /** Settings of PostgreSQL, as in `postgresql.conf`. */
  settings?: Record<string, string>
  /** Whether what is committed survives a loss of power. Switch it off for throw-away data. @default true */
  durable?: boolean
  /** PostgreSQL's programs. @default those that npm installed here */
  binaries?: Binaries
  /** The folder's lock, where the caller holds it and releases it. @default one for as long as the server runs */
  lock?: FolderLock
  /** Gives up the start. */
  signal?: AbortSignal
}

export interface RunningServer {
  /** The database `postgres` as the superuser. */
  url: string
  urlOf(database: string): string
}

export interface Server extends RunningServer, AsyncDisposable {
  folder: string
  pid: number
  /** Whether this start made the data folder. */
  created: boolean
  /** Settles when the process has ended, wanted or not. */
  exited: Promise<void>
  stop(): Promise<void>
}

const startPatienceMs = 120_000 // recovery after a crash reads the whole log since the last checkpoint
const portAttempts = 5
const orphanPatienceMs = 30_000 // sessions of a server that was killed end at the end of their statement

/**
 * Starts the PostgreSQL server that npm installed, on a free port of 127.0.0.1. It runs in a
 * process group of its own, so that a Ctrl-C in the terminal is not its business: `stop` is. A
 * server that a killed process left behind in this folder is stopped first.
 *
 * @throws DatabaseProblem when the folder is in use, not writable or broken, or the server does not start.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const folder = resolve(options.folder)
  const durable = options.durable ?? true
  const binaries = options.binaries ?? findBinaries()
  if (!canRunUnprivileged()) throw needsOrdinaryUser()
  ensureWritable(dirname(folder))
  const lock = options.lock ? heldElsewhere : lockDataFolder(folder)
  try {
    await stopServerIn(folder)
    const { password, created } = await ensureDataFolder(folder, { binaries, durable })
    options.signal?.throwIfAborted()
    const settings = { ...settingsFor(durable, binaries), ...options.settings }
    const { child, port } = await launch(binaries.postgres, {
      folder,
      settings,
      signal: options.signal,
    })
    const server = describe({ folder, child, port, password, created, lock })
    await checkAnswers(server)
    return server
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

/**
 * The server that runs on a data folder, whoever started it.
 *
 * @throws DatabaseProblem when it is of another version: one at work to be upgraded from, say.
 */
export async function runningServer(folder: string): Promise<RunningServer | undefined> {
  const postmaster = readPostmaster(resolve(folder))
  const password = readSecret(filesBeside(resolve(folder)).secret)
  if (!postmaster?.ready || password === undefined) return undefined
  checkVersion(resolve(folder))
  return urlsOf(postmaster.port, password)
}

function settingsFor(durable: boolean, { version }: Binaries): Record<string, string> {
  const cloning = process.platform === 'win32' ? 'copy' : 'clone'

  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    jit: 'off',
    // Statements carry personal values: what fails is the application's to report.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    ...(Number(version) >= 18 ? { file_copy_method: cloning } : {}),
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
}

const heldElsewhere: FolderLock = { [Symbol.dispose]: () => {} }

/**
 * Keeps every other server off a data folder, for what takes more than one start.
 *
 * @throws DatabaseProblem 'folder-in-use'.
 */
export function lockDataFolder(folder: string): FolderLock {
  const lock = lockFolder(filesBeside(folder).lock, `process ${process.pid}`)
  if (!('holder' in lock)) return lock
  throw new DatabaseProblem(
    'folder-in-use',
    `The data folder ${folder} is in use by ${lock.holder}.`,
    'Stop that one first, or choose another folder.',
  )
}

async function launch(
  program: string,
  how: { folder: string; settings: Record<string, string>; signal: AbortSignal | undefined },
): Promise<{ child: ChildProcess; port: number }> {
  const orphansEnd = Date.now() + orphanPatienceMs
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const child = spawnServer(program, { ...how, port })
    const failure = await untilReady(child, how)
    if (failure === undefined) return { child, port }
    if (/pre-existing shared memory block/.test(failure) && Date.now() < orphansEnd) {
      await delay(100)
      attempt = 0 // to wait is no attempt
      continue
    }
    const portTaken = /address already in use|could not bind/i.test(failure)
    if (!portTaken || attempt === portAttempts) throw cannotStart(how.folder, failure)
  }
}

function spawnServer(
  program: string,
  { folder, settings, port }: { folder: string; settings: Record<string, string>; port: number },
): ChildProcess {
  const log = openSync(filesBeside(folder).log, 'w', 0o600)
  try {
    const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ])
    const child = spawnUnprivileged(program, ['-D', folder, ...flags], {
      detached: true,
      stdio: ['ignore', log, log],
    })
    child.unref()
    return child
  } finally {
    closeSync(log)
  }
}

/** Resolves to undefined once the server takes connections, else to what it wrote before it ended. */
async function untilReady(
  child: ChildProcess,
  { folder, signal }: { folder: string; signal: AbortSignal | undefined },
): Promise<string | undefined> {
  let failure: string | undefined
  const readLog = () => readFileSync(filesBeside(folder).log, 'utf8')
  child.once('error', (error) => (failure = error.message))
  child.once('exit', () => (failure ??= readLog()))
  const deadline = Date.now() + startPatienceMs
  while (failure === undefined) {
    const postmaster = readPostmaster(folder)
    if (postmaster?.pid === child.pid && postmaster?.ready) return undefined
    if (signal?.aborted || Date.now() > deadline) {
      if (child.pid !== undefined) await stopServer(child.pid)
      signal?.throwIfAborted()
      return `FATAL:  not ready after ${startPatienceMs / 1000} s`
    }
    await delay(10)
  }
  return failure
}

/** A server can start on damaged data and then take no connection. */
async function checkAnswers(server: Server): Promise<void> {
  try {
    await using _connection = await connect(server.url)
  } catch (error) {
    await server.stop()
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw cannotStart(server.folder, reason instanceof Error ? reason.message : String(reason))
  }
}

function describe(started: {
  folder: string
  child: ChildProcess
  port: number
  password: string
  created: boolean
  lock: FolderLock
}): Server {
  const { folder, child, port, password, created, lock } = started
  const pid = child.pid ?? 0
  const exited = new Promise<void>((settle) => {
    if (child.exitCode !== null || child.signalCode !== null) settle()
    else child.once('exit', () => settle())
  })
  const stop = async () => {
    await stopServer(pid)
    lock[Symbol.dispose]()
  }
  let stopped: Promise<void> | undefined
  const stopOnce = () => (stopped ??= stop())
  return {
    ...urlsOf(port, password),
    folder,
    pid,
    created,
    exited,
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  }
}

function urlsOf(port: number, password: string): RunningServer {
  const urlOf = (database: string) =>
    `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  return { url: urlOf('postgres'), urlOf }
}

function needsOrdinaryUser(): DatabaseProblem {
  return new DatabaseProblem(
    'needs-ordinary-user',
    'PostgreSQL refuses to run as root or as a user without a name, and a user namespace is not allowed here.',
    'Run PET as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

function cannotStart(folder: string, log: string): DatabaseProblem {
  const reasons = [...log.matchAll(/(?:FATAL|PANIC|ERROR):\s+(.*)/g)].map((match) => match[1])
  const reason = reasons[0] ?? (log.trim() || 'it ended without a word')
  if (/no space left on device|cannot allocate memory|shared memory/i.test(log)) {
    return new DatabaseProblem(
      'cannot-start',
      `PostgreSQL did not start on ${folder}: ${reason}.`,
      'Make room on the machine and start again.',
    )
  }
  return new DatabaseProblem(
    'broken-data-folder',
    `PostgreSQL can't use its data folder ${folder}: ${reason}.`,
    `Restore it from a backup, or move it away to begin with an empty database; the server's own words are in ${filesBeside(folder).log}.`,
  )
}
