import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { AuditReport } from '@pet/ledger/audit'
import type { ExportedHead } from '@pet/ledger/exported-head'
import { cancellable } from './cancellation.ts'
import { asNoLog } from './no-log.ts'
import { CommandProblem, badInput, notAsHoped } from './problem.ts'
import { sayNowAndThen } from './say-now-and-then.ts'
import { withDatabase } from './with-database.ts'

type AuditFlags = { json?: true; export?: string; against?: string }

export function registerAuditCommand(program: Command): void {
  program
    .command('audit')
    .description('recompute the hash chain over every event of the log')
    .option('--export <file>', "write the log's head into a new file, when all of it holds")
    .option('--against <file>', 'hold the log against a head that was exported earlier')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Exit code 1 when the log was changed, the first position that does not hold is named; when what
refuses changes is off; or when the log no longer goes through the head that it is held against.

Whoever owns the database could write the log anew in full. Export its head now and then, and keep
it where they can't write: mail it, print it, commit it somewhere.

Examples:
  npx pet audit --json
  npx pet audit --export head-2026-11.json
  npx pet audit --against head-2026-11.json`,
    )
    .action(auditCommand)
}

async function auditCommand(flags: AuditFlags): Promise<void> {
  const against = flags.against === undefined ? undefined : await readHead(flags.against)
  const report = await cancellable('Nothing was changed.', (signal) =>
    withDatabase((ownerUrl) => auditLog(ownerUrl, { against, signal }), { signal }),
  )
  if (!report.ok) process.exitCode = notAsHoped
  else if (flags.export !== undefined) await writeHead(flags.export, report)
  const { unguarded, ...rest } = report
  const shown = { ...rest, ...(unguarded.length > 0 && { unguarded }) }
  console.log(flags.json ? JSON.stringify(shown) : inWords(report))
}

async function auditLog(
  ownerUrl: string,
  { against, signal }: { against: ExportedHead | undefined; signal: AbortSignal },
): Promise<AuditReport> {
  const { audit } = await import('@pet/ledger/audit')
  const { usingPool } = await import('@pet/postgres/pool')
  await using database = usingPool(ownerUrl, { max: 2 })
  const say = sayNowAndThen()
  try {
    return await audit(database.pool, {
      onProgress: (checked, events) => say(`${checked} of ${events} events checked`),
      signal,
      ...(against && { against: { position: against.position, hash: against.hash } }),
    })
  } catch (error) {
    throw asNoLog(error)
  }
}

async function readHead(file: string): Promise<ExportedHead> {
  const { parseHead } = await import('@pet/ledger/exported-head')
  try {
    return parseHead(await readFile(file, 'utf8'))
  } catch (error) {
    throw new CommandProblem(
      `Can't use the head in ${file}: ${error instanceof Error ? error.message : String(error)}`,
      'Give the file that "pet audit --export" wrote, as it was written.',
      badInput,
    )
  }
}

/** Never over another one: an earlier head is evidence of its own. */
async function writeHead(file: string, { events, head }: AuditReport): Promise<void> {
  const { exportHead } = await import('@pet/ledger/exported-head')
  const exported = exportHead({ position: events, hash: head }, new Date())
  try {
    await writeFile(file, `${JSON.stringify(exported, null, 2)}\n`, { flag: 'wx' })
  } catch (error) {
    throw new CommandProblem(
      `Can't write the head: ${error instanceof Error ? error.message : String(error)}.`,
      'Give the path of a new file in a folder that is there.',
      badInput,
    )
  }
}

function inWords({ events, head, firstBroken, unguarded, against }: AuditReport): string {
  const findings = [
    ...(firstBroken === null
      ? []
      : [`The log was changed: position ${firstBroken} is the first that does not hold.`]),
    ...unguarded.map((says) => `Unguarded: ${says}.`),
    ...(against?.holds === false
      ? [
          `The log does not go through the head that it was held against: at position ${against.position} it was another.`,
        ]
      : []),
  ]
  if (findings.length > 0) return findings.join('\n')
  const through = against ? ` It goes through the head at position ${against.position}.` : ''
  return `${events} events, each as it was written. The chain ends in ${head}.${through}`
}
