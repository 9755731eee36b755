import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '@pet/postgres/connection'
import { cloneDatabase, createDatabase, dropDatabase } from '@pet/postgres/database'
import { startServer } from '@pet/postgres/server'
import type { Journal } from '../undo/journal.ts'
import { armDatabase, type ArmDatabase } from './arm-database.ts'

/** The lab's own PostgreSQL server, gone when the lab ends. Never PET's. */
export type Bench = AsyncDisposable & {
  /** The server's own, such as `18.4`. */
  version: string
  /** A database that `fill` fills, to clone from. */
  template(fill: (database: ArmDatabase) => Promise<void>): Promise<Template>
  /** Names of the databases that runs have not dropped yet. */
  databases(): Promise<string[]>
}

export type Template = AsyncDisposable & {
  clone(): Promise<BenchDatabase>
  /** One with nothing in it. */
  empty(): Promise<BenchDatabase>
}

export type BenchDatabase = ArmDatabase & AsyncDisposable

/** Starts the server in `folder`, which is removed with it; the journal knows before it starts. */
export async function startBench(folder: string, journal: Journal): Promise<Bench> {
  const dataFolder = join(folder, 'data')
  const entry = await journal.record({ kind: 'remove-server', dataFolder, folder })
  await mkdir(folder, { recursive: true })
  // Throw-away data need not survive a loss of power, and other people's disks don't disturb.
  const server = await startServer({ folder: dataFolder, durable: false })
  const version = await readVersion(server.url)
  let databases = 0
  const name = (use: string) => `${use}_${++databases}`
  const opened = (url: string, database: string): BenchDatabase => ({
    ...armDatabase(url, database, server.url),
    [Symbol.asyncDispose]: () => dropDatabase(server.url, database),
  })
  const empty = async () => {
    const database = name('empty')
    return opened(await createDatabase(server.url, database), database)
  }
  return {
    version,
    template: async (fill) => {
      const template = name('template')
      const url = await createDatabase(server.url, template)
      try {
        await fill(armDatabase(url, template, server.url))
      } catch (error) {
        await dropDatabase(server.url, template)
        throw error
      }
      return {
        clone: async () => {
          const clone = name('arm')
          return opened(await cloneDatabase(server.url, { template, name: clone }), clone)
        },
        empty,
        [Symbol.asyncDispose]: () => dropDatabase(server.url, template),
      }
    },
    databases: () => listDatabases(server.url),
    [Symbol.asyncDispose]: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
      await journal.done(entry)
    },
  }
}

async function listDatabases(serverUrl: string): Promise<string[]> {
  await using server = await connect(serverUrl)
  const { rows } = await server.client.query<{ datname: string }>(
    `select datname from pg_database where not datistemplate and datname <> 'postgres' order by 1`,
  )
  return rows.map(({ datname }) => datname)
}

async function readVersion(serverUrl: string): Promise<string> {
  await using server = await connect(serverUrl)
  const { rows } = await server.client.query<{ server_version: string }>('show server_version')
  return rows[0]?.server_version ?? 'unknown'
}
