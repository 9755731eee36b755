import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Starts the process that outlives the lab: it holds the other end of a pipe, and when the pipe
 * closes, which the operating system sees to however the lab ends, it takes back whatever the
 * journal still holds. Ended by the lab closing the pipe with an empty journal.
 */
export function startWatchdog(journalFile: string): Disposable {
  const program = fileURLToPath(new URL('./watchdog-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program, journalFile], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.unref()
  return { [Symbol.dispose]: () => child.stdin.end() }
}
