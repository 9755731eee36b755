import type { Command } from 'commander'
import { audit } from '@pet/ledger/audit'
import { usingPool } from '@pet/postgres/pool'
import { notAsHoped } from './problem.ts'
import { withDatabase } from './with-database.ts'

const auditPatienceMs = 24 * 60 * 60 * 1000 // a log of any length; Ctrl-C ends it sooner

export function registerAuditCommand(program: Command): void {
  program
    .command('audit')
    .description('recompute the hash chain over every event; exit code 1 when the log was changed')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  npx pet audit --json')
    .action(async ({ json }: { json?: true }) => {
      const result = await withDatabase(async (url) => {
        await using database = usingPool(url, { max: 2, statementTimeoutMs: auditPatienceMs })
        return await audit(database.pool)
      })
      console.log(json ? JSON.stringify(result) : inWords(result))
      if (!result.ok) process.exitCode = notAsHoped
    })
}

function inWords({ events, head, firstBroken }: Awaited<ReturnType<typeof audit>>): string {
  return firstBroken === null
    ? `${events} events, each as it was written. The chain ends in ${head}.`
    : `The log was changed: the event at position ${firstBroken} is the first that is not as it was written.`
}
