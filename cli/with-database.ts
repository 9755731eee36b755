import { checkConnection } from '@pet/postgres/connection'
import { DatabaseProblem } from '@pet/postgres/problem'
import { startServer } from '@pet/postgres/server'
import { databaseFolder, ensureDatabase, hasDatabase, petHome, runningDatabase } from './home.ts'
import { CommandProblem, badInput, ownFailure } from './problem.ts'

type Options = {
  /** Whether a database is made in `PET_HOME` where there is none. @default false */
  create?: boolean
  /** The major version of the server that will do. @default the oldest that PET runs on */
  oldest?: number
  /** Gives up the start of the server. */
  signal?: AbortSignal
}

/**
 * Runs `work` with the owner's URL of PET's database: the one in `DATABASE_URL`, else the one that
 * runs in `PET_HOME`, else the one in `PET_HOME` is started for as long as the work takes.
 */
export async function withDatabase<Result>(
  work: (ownerUrl: string) => Promise<Result>,
  options: Options = {},
): Promise<Result> {
  await using database = await open(options)
  return await work(database.ownerUrl)
}

async function open(options: Options): Promise<{ ownerUrl: string } & AsyncDisposable> {
  try {
    const configured = process.env['DATABASE_URL']
    if (configured) await checkConnection(configured, options)
    const ownerUrl = configured || (await runningDatabase(petHome()))
    return ownerUrl
      ? { ownerUrl, [Symbol.asyncDispose]: async () => {} }
      : await start(petHome(), options)
  } catch (error) {
    // Whoever asks for an answer must be able to tell "no" from "could not look".
    if (!(error instanceof DatabaseProblem)) throw error
    throw new CommandProblem(error.message, error.advice, ownFailure)
  }
}

async function start(
  home: string,
  { create = false, signal }: Options,
): Promise<{ ownerUrl: string } & AsyncDisposable> {
  if (!create && !hasDatabase(home)) throw noDatabase(home)
  const server = await startServer({ folder: databaseFolder(home), ...(signal && { signal }) })
  return { ownerUrl: await ensureDatabase(server), [Symbol.asyncDispose]: () => server.stop() }
}

export function noDatabase(home: string): CommandProblem {
  return new CommandProblem(
    `There is no database in ${home} yet.`,
    'Run "npm start" once, or set PET_HOME or DATABASE_URL to where it is.',
    badInput,
  )
}
