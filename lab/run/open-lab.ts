import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { lockFolder } from '@pet/postgres/folder-lock'
import { LabProblem } from '../lab-problem.ts'
import { openJournal, type Journal } from '../undo/journal.ts'
import { restore, type Restoration } from '../undo/restore.ts'
import { startWatchdog } from '../undo/watchdog.ts'
import { startBench, type Bench } from './bench.ts'

/** Where the lab keeps its things inside PET_HOME. */
export type LabFolders = { lab: string; journals: string; servers: string; records: string }

/** A lab that may run scenarios: it alone holds its home, and a watchdog minds its journal. */
export type Lab = AsyncDisposable & {
  folders: LabFolders
  journal: Journal
  /** The lab's server, started when it is first asked for. */
  bench(): Promise<Bench>
  /** What an earlier lab had left behind and this one took back at its start. */
  restored: Restoration
}

export function labFolders(home: string): LabFolders {
  const lab = join(resolve(home), 'lab')
  return {
    lab,
    journals: join(lab, 'journals'),
    servers: join(lab, 'servers'),
    records: join(lab, 'records'),
  }
}

/**
 * Opens the lab in a home: takes back what a killed lab left, then opens a journal of its own.
 *
 * @throws LabProblem `busy` while another run is under way in the same home.
 */
export async function openLab({ home }: { home: string }): Promise<Lab> {
  const folders = labFolders(home)
  await using opening = new AsyncDisposableStack()
  opening.use(await holdLab(folders))
  const restored = await restore(folders.journals)
  const journal = await openJournal(folders.journals)
  const watchdog = startWatchdog(journal.file)
  opening.defer(async () => {
    await journal.close()
    watchdog[Symbol.dispose]()
  })
  let starting: Promise<Bench> | undefined
  const bench = () =>
    (starting ??= startBench(join(folders.servers, randomUUID().slice(0, 8)), journal))
  opening.defer(async () => (await starting?.catch(() => undefined))?.[Symbol.asyncDispose]())
  const held = opening.move()
  return { folders, journal, bench, restored, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

/** Takes back what killed labs left in a home. @throws LabProblem `busy` while a lab is at work. */
export async function restoreLab({ home }: { home: string }): Promise<Restoration> {
  const folders = labFolders(home)
  using _held = await holdLab(folders)
  return restore(folders.journals)
}

async function holdLab({ lab }: LabFolders): Promise<Disposable> {
  await mkdir(lab, { recursive: true, mode: 0o755 })
  const lock = lockFolder(join(lab, 'lock'), `process ${process.pid}`)
  if (!('holder' in lock)) return lock
  throw new LabProblem(
    'busy',
    `A run is under way in ${lab} (${lock.holder}): one at a time, so that they don't disturb each other. Wait for it or stop it first.`,
  )
}
