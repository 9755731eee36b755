import { setTimeout as delay } from 'node:timers/promises'
import { readOutstanding } from './journal.ts'
import { replay, undoAll } from './restore.ts'

/** How often time limits are checked, and how long the lab itself gets to keep them. */
const intervalMs = 500
const graceMs = 1_000
const attempts = 20

/** The watchdog's own process: waits for the lab to end, then takes back what it left. */
async function watch(journalFile: string): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  const labEnded = new AbortController()
  process.stdin.once('close', () => labEnded.abort())
  process.stdin.once('error', () => labEnded.abort())
  process.stdin.resume()
  while (!labEnded.signal.aborted) {
    await delay(intervalMs, undefined, { signal: labEnded.signal }).catch(() => {})
    const overdue = (await readOutstanding(journalFile)).filter(
      ({ dueAt }) => dueAt !== undefined && dueAt + graceMs < Date.now(),
    )
    await undoAll(journalFile, overdue)
  }
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { failed } = await replay(journalFile)
    if (failed.length === 0) break
    await delay(intervalMs)
  }
  process.exit()
}

await watch(process.argv[2] ?? '')
