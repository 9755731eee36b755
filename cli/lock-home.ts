import { join } from 'node:path'
import { lockFolder, type FolderLock } from '@pet/postgres/folder-lock'
import { CommandProblem, notAsHoped } from './problem.ts'

/**
 * Keeps every other PET off a home.
 *
 * @param doing what whoever comes next is told, as `at http://localhost:4400`.
 * @throws CommandProblem with `advice` when another one holds it.
 */
export function lockHome(
  home: string,
  { doing, advice }: { doing: string; advice: string },
): FolderLock {
  const lock = lockFolder(join(home, 'pet.lock'), `process ${process.pid}, ${doing}`)
  if (!('holder' in lock)) return lock
  throw new CommandProblem(`PET runs on ${home} already (${lock.holder}).`, advice, notAsHoped)
}
