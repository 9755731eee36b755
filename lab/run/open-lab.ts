import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { lockFolder, type FolderLock, type LockHeld } from '@pet/postgres/folder-lock'
import { LabProblem, reasonOf } from '../lab-problem.ts'
import { saveRecovery, type RecoveredBy } from '../store/recoveries.ts'
import { endAbandonedRuns } from '../store/runs.ts'
import { openStore, type Store } from '../store/store.ts'
import { takeOverRecords } from '../store/take-over.ts'
import { openJournal, type Journal } from '../undo/journal.ts'
import { restore, type Restoration } from '../undo/restore.ts'
import { startWatchdog } from '../undo/watchdog.ts'
import { startBench, type Bench } from './bench.ts'

/** Where the lab keeps its things inside PET_HOME. */
export type LabFolders = {
  lab: string
  journals: string
  servers: string
  /** The lab's own database, a file. */
  store: string
  /** Where earlier versions kept a file for each record. */
  records: string
}

/** A lab that may run scenarios: it alone holds its home, and a watchdog minds its journal. */
export type Lab = AsyncDisposable & {
  folders: LabFolders
  store: Store
  journal: Journal
  /** The lab's server, started when it is first asked for. */
  bench(): Promise<Bench>
}

export function labFolders(home: string): LabFolders {
  const lab = join(resolve(home), 'lab')
  return {
    lab,
    journals: join(lab, 'journals'),
    servers: join(lab, 'servers'),
    store: join(lab, 'lab.sqlite'),
    records: join(lab, 'records'),
  }
}

/** The lab's database in a home, with what earlier versions kept as files taken over. */
export function openLabStore({ store: file, records }: LabFolders): Store {
  const store = openStore(file)
  takeOverRecords(store, records)
  return store
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
  const store = opening.use(openLabStore(folders))
  await takeBackWhatIsLeft(folders, store, 'next start')
  const journal = await openJournal(folders.journals)
  const watchdog = startWatchdog(journal.file, folders.store)
  opening.defer(async () => {
    await journal.close()
    watchdog[Symbol.dispose]()
  })
  let starting: Promise<Bench> | undefined
  const bench = () =>
    (starting ??= startBench(join(folders.servers, randomUUID().slice(0, 8)), journal))
  opening.defer(async () => (await starting?.catch(() => undefined))?.[Symbol.asyncDispose]())
  const held = opening.move()
  return { folders, store, journal, bench, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

/** Takes back what killed labs left in a home. @throws LabProblem `busy` while a lab is at work. */
export async function restoreLab({ home }: { home: string }): Promise<Restoration> {
  const folders = labFolders(home)
  using _held = await holdLab(folders)
  using store = openLabStore(folders)
  return await takeBackWhatIsLeft(folders, store, 'restore')
}

/** Says of runs whose lab was killed that they ended; does nothing while a lab is at work. */
export async function tidyRuns(folders: LabFolders, store: Store): Promise<void> {
  try {
    using _held = await holdLab(folders)
    endAbandonedRuns(store)
  } catch (error) {
    if (!(error instanceof LabProblem)) throw error
  }
}

/** Only for who holds the lab: the runs and journals that are there are those of the dead. */
async function takeBackWhatIsLeft(
  { journals }: LabFolders,
  store: Store,
  by: RecoveredBy,
): Promise<Restoration> {
  const restoration = await restore(journals)
  saveRecovery(store, { by, ...restoration })
  endAbandonedRuns(store)
  return restoration
}

/** @throws LabProblem `busy` with who is at work, or `bad-home` when nothing can be written there. */
export async function holdLab({ lab }: LabFolders): Promise<Disposable> {
  const lock = await lockIn(lab)
  if (!('holder' in lock)) return lock
  throw new LabProblem(
    'busy',
    `A run is under way in ${lab} (${lock.holder}): one at a time, so that they don't disturb each other. Wait for it or stop it first.`,
  )
}

async function lockIn(folder: string): Promise<FolderLock | LockHeld> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    return lockFolder(join(folder, 'lock'), `process ${process.pid}`)
  } catch (error) {
    throw new LabProblem(
      'bad-home',
      `The lab can't write to ${folder}: ${reasonOf(error)}. Set PET_HOME to a folder that you may write to; nothing was injected.`,
    )
  }
}
