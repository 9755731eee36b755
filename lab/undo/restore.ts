import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../lab-problem.ts'
import { listJournals, markDone, readOutstanding, type JournalEntry } from './journal.ts'
import { performPatiently } from './patience.ts'

/** What a replay of journals took back, and what it could not, with the reason. */
export type Restoration = {
  undone: JournalEntry['undo']['kind'][]
  failed: { kind: JournalEntry['undo']['kind']; reason: string }[]
  recoveryMs: number
}

const attempts = 3

/** One that takes longer does not hold up those before it in the journal. */
const patienceMs = 500

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
  const takeBack = async (entry: JournalEntry) => {
    const { kind } = entry.undo
    try {
      await performPatiently(entry.undo, attempts)
      await markDone(file, entry)
      result.undone.push(kind)
    } catch (error) {
      result.failed.push({ kind, reason: reasonOf(error) })
    }
  }
  const all: Promise<void>[] = []
  for (const entry of entries) {
    const one = takeBack(entry)
    all.push(one)
    await Promise.race([one, delay(patienceMs)])
  }
  await Promise.all(all)
  return result
}
