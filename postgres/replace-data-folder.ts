import { closeSync, existsSync, fsyncSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'

/** Where a data folder lies that is whole and about to take the place of `folder`. */
export function nextFolder(folder: string): string {
  return `${folder}.next`
}

/**
 * Puts the data folder `by` into the place of `folder`, which is kept as `keptAs`. The caller holds
 * its lock. It takes three renames; killed between any two of them, `folder` is either the old one
 * still, or missing with the new one beside it, which the next start puts in place.
 */
export function replaceDataFolder(
  folder: string,
  { by, keptAs }: { by: string; keptAs: string },
): void {
  renameSync(by, nextFolder(folder))
  syncFolder(dirname(folder))
  renameSync(folder, keptAs)
  syncFolder(dirname(folder))
  finishReplacing(folder)
}

/** Does what is left of a replacement that was interrupted when the old folder had gone. */
export function finishReplacing(folder: string): void {
  if (existsSync(folder) || !existsSync(nextFolder(folder))) return
  renameSync(nextFolder(folder), folder)
  syncFolder(dirname(folder))
}

/** A rename is on disk when the folder that it was made in is. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return // where a folder can't be opened
  const file = openSync(folder, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
