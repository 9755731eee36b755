import { constants } from 'node:fs'
import { appendFile, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { Undo } from './undo.ts'

/** One thing to take back. `dueAt`: the instant, in epoch milliseconds, at which its time limit
 * ends; without one it may last as long as the lab that wrote it lives. */
export type JournalEntry = { id: string; undo: Undo; dueAt?: number }

type Line = { entry: JournalEntry } | { done: string }

/** What a lab has yet to take back, on disk before it acts. */
export type Journal = {
  file: string
  /** Resolves once the entry is on the disk: only then may the fault start. */
  record(undo: Undo, limitMs?: number): Promise<JournalEntry>
  done(entry: JournalEntry): Promise<void>
  outstanding(): Promise<JournalEntry[]>
  /** Removes the file if nothing is outstanding. */
  close(): Promise<void>
}

export async function openJournal(folder: string): Promise<Journal> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${Date.now()}-${randomUUID()}.jsonl`)
  await appendDurably(file, '')
  await syncFolder(folder)
  return {
    file,
    record: async (undo, limitMs) => {
      const dueAt = limitMs === undefined ? {} : { dueAt: Date.now() + limitMs }
      const entry = { id: randomUUID(), undo, ...dueAt }
      await append(file, { entry })
      return entry
    },
    done: (entry) => markDone(file, entry),
    outstanding: () => readOutstanding(file),
    close: async () => {
      if ((await readOutstanding(file)).length === 0) await rm(file, { force: true })
    },
  }
}

export function markDone(file: string, entry: JournalEntry): Promise<void> {
  return append(file, { done: entry.id })
}

/** What is still to be undone, newest first. A file that is gone has nothing outstanding. */
export async function readOutstanding(file: string): Promise<JournalEntry[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const lines = text.split('\n').flatMap(parseLine)
  const done = new Set(lines.flatMap((line) => ('done' in line ? [line.done] : [])))
  return lines
    .flatMap((line) => ('entry' in line && !done.has(line.entry.id) ? [line.entry] : []))
    .reverse()
}

/** The journals that labs have left in a folder. */
export async function listJournals(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.jsonl')).map((name) => join(folder, name))
}

/** A line torn by a crash was never acted upon: the act waits for the line to be on the disk. */
function parseLine(text: string): Line[] {
  try {
    return [JSON.parse(text) as Line]
  } catch {
    return []
  }
}

function append(file: string, line: Line): Promise<void> {
  return appendDurably(file, `${JSON.stringify(line)}\n`)
}

async function appendDurably(file: string, text: string): Promise<void> {
  await appendFile(file, text, { mode: 0o600, flush: true })
}

/** A new file is only sure to be found again once its folder is on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  for (const name of [folder, dirname(folder)]) {
    await using handle = await open(name, constants.O_RDONLY)
    await handle.sync()
  }
}
