import type { Command } from 'commander'
import type { AuditReport } from '@pet/ledger/audit'
import { asNoLog } from './no-log.ts'
import { notAsHoped } from './problem.ts'
import { withDatabase } from './with-database.ts'

export function registerAuditCommand(program: Command): void {
  program
    .command('audit')
    .description('recompute the hash chain over every event of the log')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Exit code 1 when the log was changed; the first position that does not hold is named.

Example:
  npx pet audit --json`,
    )
    .action(async ({ json }: { json?: true }) => {
      const report = await withDatabase(auditLog)
      console.log(json ? JSON.stringify(report) : inWords(report))
      if (!report.ok) process.exitCode = notAsHoped
    })
}

async function auditLog(ownerUrl: string): Promise<AuditReport> {
  const { audit } = await import('@pet/ledger/audit')
  const { usingPool } = await import('@pet/postgres/pool')
  await using database = usingPool(ownerUrl, { max: 2 })
  try {
    return await audit(database.pool, { onProgress: sayNowAndThen() })
  } catch (error) {
    throw asNoLog(error)
  }
}

/** Progress goes to standard error, once a second, so that standard output stays the answer. */
function sayNowAndThen(): (checked: number, events: number) => void {
  let saidAt = performance.now()
  return (checked, events) => {
    if (performance.now() - saidAt < 1_000) return
    saidAt = performance.now()
    console.error(`${checked} of ${events} events checked`)
  }
}

function inWords({ events, head, ok, firstBroken }: AuditReport): string {
  if (ok) return `${events} events, each as it was written. The chain ends in ${head}.`
  return `The log was changed: position ${firstBroken} is the first that does not hold.`
}
