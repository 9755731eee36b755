import { open, link, readdir, rename, rm } from 'node:fs/promises'
import type { WriteStream } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isAlive } from '@pet/postgres/postmaster-file'
import { CommandProblem, badInput, notAsHoped } from './problem.ts'

export interface NewFile extends AsyncDisposable {
  stream: WriteStream
  /** Gives the file its name, once the stream has ended and all of it is on disk. */
  keep(): Promise<void>
}

/**
 * A file that is there in full or not at all: it is written beside its place under another name,
 * which goes when the block ends. It never replaces one, and only its owner can read it.
 *
 * @throws CommandProblem when there is such a file, or no such folder.
 */
export async function newFile(path: string): Promise<NewFile> {
  const partial = `${path}.${process.pid}.partial`
  const existing = await open(path).then(
    (handle) => handle.close().then(() => true),
    () => false,
  )
  if (existing) throw isThere(path)
  await removeLeftBehind(path)
  const handle = await open(partial, 'wx', 0o600).catch((error: Error) => {
    throw new CommandProblem(
      `Can't write ${path}: ${error.message}.`,
      'Give the path of a new file in a folder that is there.',
      badInput,
    )
  })
  const stream = handle.createWriteStream({ flush: true })
  return {
    stream,
    async keep() {
      await giveName(partial, path).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'EEXIST' ? isThere(path) : error
      })
      await syncFolder(dirname(path))
    },
    async [Symbol.asyncDispose]() {
      stream.destroy()
      await rm(partial, { force: true })
    },
  }
}

/** An error of writing `path` as one that says so; others as they are. */
export function asNotWritten(error: unknown, path: string): unknown {
  const full = {
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
    EFBIG: 'it gets too large',
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = Object.entries(full).find(([name]) => name === code)?.[1]
  if (reason === undefined && code !== 'EIO') return error
  return new CommandProblem(
    `Can't write ${path}: ${reason ?? 'the disk reports an error'}.`,
    'Nothing was left there; make room, or give the path of a file elsewhere.',
    notAsHoped,
  )
}

/** Not every file system can link: there an empty file of the name is made first, so that none is replaced. */
async function giveName(partial: string, path: string): Promise<void> {
  try {
    await link(partial, path)
  } catch (error) {
    const cannotLink = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!cannotLink.includes(code)) throw error
    await (await open(path, 'wx', 0o600)).close()
    await rename(partial, path)
  }
}

/** Files of processes that were killed while they wrote the same one. */
async function removeLeftBehind(path: string): Promise<void> {
  const folder = dirname(path)
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid] = /^\.(\d+)\.partial$/.exec(name.slice(basename(path).length)) ?? []
    if (pid === undefined || !name.startsWith(basename(path)) || isAlive(Number(pid))) continue
    await rm(join(folder, name), { force: true })
  }
}

function isThere(path: string): CommandProblem {
  return new CommandProblem(
    `There is a file ${path} already.`,
    'Give the path of a new one; PET replaces none.',
    badInput,
  )
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined) // no folder can be opened on Windows
  await handle?.sync().finally(() => handle.close())
}
