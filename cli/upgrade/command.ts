import type { Command } from 'commander'
import { cancellable } from '../cancellation.ts'
import { petHome } from '../home.ts'
import { CommandProblem, badInput, notAsHoped } from '../problem.ts'
import type { Upgrade } from './upgrade.ts'

export function registerUpgradeCommand(program: Command): void {
  program
    .command('upgrade')
    .description("take the data in PET_HOME over from an older PostgreSQL to PET's present one")
    .option('--from <folder>', 'where the older PostgreSQL is: installed by npm or by the system')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
A newer PET may bring a newer PostgreSQL along, which can't use the data folder of an older one. This
takes a backup with the server that made it, restores that into a new data folder, audits the log
there, and only then puts the new folder in the place of the old one, which is kept beside it. Killed
at any moment it leaves the old data as it was, and can be run again.

The older server is looked for in PET_HOME/server-<version>, beside PET's own and where the system
installs it. Where it is nowhere, the command that installs it is printed. Stop PET first.

A database of DATABASE_URL takes the same road by hand: "pet backup" with the old server's URL,
"pet restore" with the new one's.

Exit code 1 when the log does not hold (it is taken over as it is) or something stands in the way, 2
when the older server is missing, 130 after a Ctrl-C.

Examples:
  npx pet upgrade
  npx pet upgrade --from /usr/lib/postgresql/17
  PET_HOME=/var/lib/pet npx pet upgrade --json`,
    )
    .action(async ({ from, json }: { from?: string; json?: true }) => {
      if (process.env['DATABASE_URL']) throw notOurServer()
      const { upgrade } = await import('./upgrade.ts')
      const result = await cancellable('The data is as it was.', (signal) =>
        upgrade(petHome(), { from, signal }),
      )
      console.log(json ? JSON.stringify(result) : inWords(result))
      if (result.outcome === 'upgraded' && !result.ok) process.exitCode = notAsHoped
    })
}

function notOurServer(): CommandProblem {
  return new CommandProblem(
    'DATABASE_URL is set, and "pet upgrade" is about the server that PET brings along.',
    'Unset it; or take that database over by "pet backup" from the old server and "pet restore" into the new one.',
    badInput,
  )
}

function inWords(result: Upgrade): string {
  const { version } = result
  if (result.outcome === 'nothing to do') {
    return `The data in ${result.folder} is on PostgreSQL ${version} already.`
  }
  const { events, head, from, keptAs, firstBroken } = result
  return [
    `${events} events are on PostgreSQL ${version} now, taken over from ${from}. The chain ends in ${head}.`,
    ...(firstBroken === null
      ? []
      : [`As before, position ${firstBroken} of the log is the first that does not hold.`]),
    `The old data is kept in ${keptAs}; remove it once you are sure that you don't need it.`,
  ].join('\n')
}
