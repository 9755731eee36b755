import { checkConnection } from '@pet/postgres/connection'
import { startServer } from '@pet/postgres/server'
import { databaseFolder, ensureDatabase, hasDatabase, petHome, runningDatabase } from './home.ts'
import { CommandProblem, badInput } from './problem.ts'

/**
 * Runs `work` with the owner's URL of PET's database: the one in `DATABASE_URL`, else the one that
 * runs in `PET_HOME`, else the one in `PET_HOME` is started for as long as the work takes.
 */
export async function withDatabase<Result>(
  work: (ownerUrl: string) => Promise<Result>,
): Promise<Result> {
  const configured = process.env['DATABASE_URL']
  if (configured) {
    await checkConnection(configured)
    return work(configured)
  }
  const home = petHome()
  const running = await runningDatabase(home)
  if (running !== undefined) return work(running)
  if (!hasDatabase(home)) throw noDatabase(home)
  await using server = await startServer({ folder: databaseFolder(home) })
  return await work(await ensureDatabase(server))
}

function noDatabase(home: string): CommandProblem {
  return new CommandProblem(
    `There is no database in ${home} yet.`,
    'Run "npm start" once, or set PET_HOME or DATABASE_URL to where it is.',
    badInput,
  )
}
