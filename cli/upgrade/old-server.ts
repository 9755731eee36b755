import { join } from 'node:path'
import type { Binaries } from '@pet/postgres/binaries'
import { binariesIn, packageWith, usualFolders } from '@pet/postgres/other-binaries'
import { CommandProblem, badInput } from '../problem.ts'

/**
 * The programs of the PostgreSQL that made a data folder: in `from`, or else where they usually are.
 *
 * @throws CommandProblem that says how to get them.
 */
export async function findOldServer(
  home: string,
  { version, from }: { version: string; from: string | undefined },
): Promise<Binaries> {
  const folder = join(home, `server-${version}`)
  const looked: string[] = []
  for (const candidate of from === undefined ? [folder, ...usualFolders(version)] : [from]) {
    const found = await binariesIn(candidate)
    if (found?.version === version) return found
    if (found) looked.push(`In ${candidate} is PostgreSQL ${found.version}.`)
  }
  if (from !== undefined && looked.length === 0) looked.push(`There is none that runs in ${from}.`)
  const name = packageWith(version)
  throw new CommandProblem(
    [`This takes PostgreSQL ${version}, which made the data.`, ...looked].join(' '),
    name === undefined
      ? `Install it, and run "npx pet upgrade --from FOLDER" with the folder that it is in.`
      : `Install it and run "npx pet upgrade" again: npm install --prefix ${quoted(folder)} ${name}`,
    badInput,
  )
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./@:\\-]+$/.test(path) ? path : `"${path}"`
}
