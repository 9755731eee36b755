import type { Command } from 'commander'
import { petHome, runningDatabase } from './home.ts'
import { CommandProblem, notAsHoped } from './problem.ts'

export function registerDatabaseCommand(program: Command): void {
  program
    .command('database')
    .description("print the owner's connection string of the database that PET uses")
    .addHelpText('after', '\nExample:\n  psql "$(npx pet database)"')
    .action(async () => console.log(await connectionString()))
}

async function connectionString(): Promise<string> {
  const home = petHome()
  const url = process.env['DATABASE_URL'] || (await runningDatabase(home))
  if (url) return url
  throw new CommandProblem(
    `No database runs in ${home}.`,
    'Start it with "npm start", or set PET_HOME to the folder of the one that runs.',
    notAsHoped,
  )
}
