import { setTimeout as delay } from 'node:timers/promises'
import { saveRecovery } from '../store/recoveries.ts'
import { openStore } from '../store/store.ts'
import { readOutstanding } from './journal.ts'
import { replay, undoAll, type Restoration } from './restore.ts'

/** How often time limits are checked, and how long the lab itself gets to keep them. */
const intervalMs = 250
const graceMs = 750
const attempts = 20

/** The watchdog's own process: waits for the lab to end, then takes back what it left. */
async function watch(journalFile: string, storeFile: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  const labEnded = new AbortController()
  process.stdin.once('close', () => labEnded.abort())
  process.stdin.once('error', () => labEnded.abort())
  process.stdin.resume()
  while (!labEnded.signal.aborted) {
    await delay(intervalMs, undefined, { signal: labEnded.signal }).catch(() => {})
    await endOverdue(journalFile, storeFile)
  }
  note(storeFile, await takeBackWhatIsLeft(journalFile))
  process.exit()
}

/** The lab lives but does not keep a time limit: it hangs, or is stopped. */
async function endOverdue(journalFile: string, storeFile: string): Promise<void> {
  const overdue = (await readOutstanding(journalFile)).filter(
    ({ dueAt }) => dueAt !== undefined && dueAt + graceMs < Date.now(),
  )
  const startedAt = performance.now()
  const { undone } = await undoAll(journalFile, overdue)
  const recoveryMs = Math.round(performance.now() - startedAt)
  note(storeFile, { undone, failed: [], recoveryMs }) // what failed is tried again, and said at the end
}

/** From the death of the lab until the last of it was taken back, or given up. */
async function takeBackWhatIsLeft(journalFile: string): Promise<Restoration> {
  const startedAt = performance.now()
  const undone: Restoration['undone'] = []
  for (let attempt = 1; ; attempt++) {
    const result = await replay(journalFile)
    undone.push(...result.undone)
    if (result.failed.length === 0 || attempt === attempts) {
      const recoveryMs = Math.round(performance.now() - startedAt)
      return { undone, failed: result.failed, recoveryMs }
    }
    await delay(intervalMs)
  }
}

/** Noted last, and only if it can be: nothing about it may stand in the way of taking back. */
function note(storeFile: string, restoration: Restoration): void {
  if (restoration.undone.length + restoration.failed.length === 0) return
  try {
    using store = openStore(storeFile)
    saveRecovery(store, { by: 'watchdog', ...restoration })
  } catch {
    // The journal, not this note, is what the next start goes by.
  }
}

await watch(process.argv[2] ?? '', process.argv[3] ?? '')
