import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./watchdog-process.ts', import.meta.url))
const mostRestarts = 10

/** The process that minds a lab's journal, whichever it is by now. */
export type Watchdog = Disposable & { pid(): number | undefined }

/**
 * Starts the process that outlives the lab: it holds the other end of a pipe, and when the pipe
 * closes, which the operating system sees to however the lab ends, it takes back whatever the
 * journal still holds, and notes the recovery in `storeFile`. Ended by the lab closing the pipe with an empty
 * journal; when it ends by itself, another takes its place.
 */
export function startWatchdog(journalFile: string, storeFile: string): Watchdog {
  let wanted = true
  let restarts = 0
  let child = start()

  function start(): ChildProcess {
    const started = spawn(process.execPath, [program, journalFile, storeFile], {
      detached: true, // a Ctrl-C in the terminal is not its business
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    started.on('error', () => {})
    started.stdin?.on('error', () => {})
    started.once('exit', (code, signal) => {
      if (!wanted || restarts++ >= mostRestarts) return
      process.emitWarning(
        `The lab's watchdog ended (${signal ?? code}); another takes its place.`,
        'LabWarning',
      )
      child = start()
    })
    started.unref()
    return started
  }

  return {
    pid: () => child.pid,
    [Symbol.dispose]: () => {
      wanted = false
      child.stdin?.end()
    },
  }
}
