import { rm } from 'node:fs/promises'
import { listJournals, markDone, readOutstanding, type JournalEntry } from './journal.ts'
import { perform } from './undo.ts'

/** What a replay of journals took back, and what it could not, with the reason. */
export type Restoration = {
  undone: JournalEntry['undo']['kind'][]
  failed: { kind: JournalEntry['undo']['kind']; reason: string }[]
  recoveryMs: number
}

/** Takes back what the labs that wrote these journals left behind; they must be dead. */
export async function restore(journalFolder: string): Promise<Restoration> {
  const files = await listJournals(journalFolder)
  const restorations = await Promise.all(files.map(replay))
  return {
    undone: restorations.flatMap(({ undone }) => undone),
    failed: restorations.flatMap(({ failed }) => failed),
    recoveryMs: Math.max(0, ...restorations.map(({ recoveryMs }) => recoveryMs)),
  }
}

/** Takes back one journal's outstanding entries, newest first, and removes it when all is done. */
export async function replay(file: string): Promise<Restoration> {
  const startedAt = performance.now()
  const { undone, failed } = await undoAll(file, await readOutstanding(file))
  if (failed.length === 0) await rm(file, { force: true })
  return { undone, failed, recoveryMs: Math.round(performance.now() - startedAt) }
}

/** Takes back these entries of a journal; those that can't be stay in it. */
export async function undoAll(
  file: string,
  entries: readonly JournalEntry[],
): Promise<Omit<Restoration, 'recoveryMs'>> {
  const result: Omit<Restoration, 'recoveryMs'> = { undone: [], failed: [] }
  for (const entry of entries) {
    const { kind } = entry.undo
    try {
      await perform(entry.undo)
      await markDone(file, entry)
      result.undone.push(kind)
    } catch (error) {
      result.failed.push({ kind, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return result
}
