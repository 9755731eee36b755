import { join, resolve } from 'node:path'
import { hasDataFolder } from '@pet/postgres/data-folder'
import { createDatabase } from '@pet/postgres/database'
import { runningServer, type RunningServer } from '@pet/postgres/server'

/** The database of PET on the server that it brings along. */
export const databaseName = 'pet'

/** The folder that holds everything PET keeps on this machine. */
export function petHome(): string {
  return resolve(process.env['PET_HOME'] || '.pet')
}

/** The data folder of the server that PET brings along. */
export function databaseFolder(home: string): string {
  return join(home, 'postgres')
}

export function hasDatabase(home: string): boolean {
  return hasDataFolder(databaseFolder(home))
}

/** The URL of PET's database on the server that runs in `home`, if one does. */
export async function runningDatabase(home: string): Promise<string | undefined> {
  const server = await runningServer(databaseFolder(home))
  return server?.urlOf(databaseName)
}

/** The URL of PET's database on `server`, which is made on the first start. */
export async function ensureDatabase(server: RunningServer): Promise<string> {
  try {
    return await createDatabase(server.url, databaseName)
  } catch (error) {
    const duplicateDatabase = '42P04'
    const exists = error instanceof Error && 'code' in error && error.code === duplicateDatabase
    if (!exists) throw error
    return server.urlOf(databaseName)
  }
}
