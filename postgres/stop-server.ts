import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, readPostmaster } from './postmaster-file.ts'

const steps = [
  { signal: 'SIGINT', patienceMs: 10_000 }, // fast: ends sessions, writes everything to disk
  { signal: 'SIGQUIT', patienceMs: 3_000 }, // immediate: the next start recovers from the log
  { signal: 'SIGKILL', patienceMs: 3_000 },
] as const

/**
 * Stops a PostgreSQL server: fast, and if that takes too long, immediately
 * (https://www.postgresql.org/docs/18/server-shutdown.html). Returns when the process is gone.
 */
export async function stopServer(pid: number): Promise<void> {
  for (const { signal, patienceMs } of steps) {
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    if (await isGone(pid, patienceMs)) return
  }
  throw new Error(`The PostgreSQL server, process ${pid}, does not end`)
}

/**
 * Stops the server that runs on a data folder, whoever started it.
 *
 * @returns whether one ran there
 */
export async function stopServerIn(folder: string): Promise<boolean> {
  const postmaster = readPostmaster(folder)
  if (postmaster) await stopServer(postmaster.pid)
  return postmaster !== undefined
}

async function isGone(pid: number, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false
    await delay(10)
  }
  return true
}
