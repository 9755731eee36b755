import { open, link, rm } from 'node:fs/promises'
import type { WriteStream } from 'node:fs'
import { dirname } from 'node:path'
import { CommandProblem, badInput } from './problem.ts'

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
      await link(partial, path).catch((error: NodeJS.ErrnoException) => {
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
