import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import type { RestoreOptions, RestoreReport } from '@pet/ledger/restore'
import { cancellable } from './cancellation.ts'
import { CommandProblem, badInput, notAsHoped } from './problem.ts'
import { sayNowAndThen } from './say-now-and-then.ts'
import { withDatabase } from './with-database.ts'

export function registerRestoreCommand(program: Command): void {
  program
    .command('restore <file>')
    .description('fill an empty database from a backup, and audit it')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
The database is that of DATABASE_URL, which has to be empty, or a new one in PET_HOME. The file is
read to its end before anything is touched: one that was cut off or changed is refused with the
reason (exit code 2). Afterwards the log is audited: it has to be the one that the backup names.
Exit code 1 when it did not hold when it was backed up either, 130 after a Ctrl-C, which leaves the
database empty. What a restore left behind that was killed is cleared by the next one.

Examples:
  PET_HOME=.pet-copy npx pet restore pet-2026-11-23.backup
  DATABASE_URL=postgres://owner:secret@db/pet npx pet restore pet-2026-11-23.backup --json`,
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const left = 'The database is as empty as it was.'
      const report = await cancellable(left, (signal) =>
        restoreFrom(file, { into: (work) => withDatabase(work, { create: true, signal }), signal }),
      )
      console.log(json ? JSON.stringify({ file, ...report }) : inWords(report))
      if (!report.ok) process.exitCode = notAsHoped
    })
}

type Restoring = {
  /** Hands the owner's URL of the database to fill, once the file has been checked. */
  into: (work: (ownerUrl: string) => Promise<RestoreReport>) => Promise<RestoreReport>
  signal: AbortSignal
}

/** Checks a backup and fills a database from it. */
export async function restoreFrom(
  file: string,
  { into, signal }: Restoring,
): Promise<RestoreReport> {
  const { checkBackup, restore } = await import('@pet/ledger/restore')
  const { backupContents } = await import('@pet/pet/backup-contents')
  const { ledgerMigrations } = await import('@pet/ledger/migrations')
  const { petMigrations } = await import('@pet/pet/migrations')
  const open = () => createReadStream(file)
  const options: RestoreOptions = {
    contents: backupContents,
    migrations: [ledgerMigrations, petMigrations],
    onProgress: sayHowFar(),
    signal,
  }
  try {
    await checkBackup(open, options) // before a server is started and a folder made for it
    return await into((ownerUrl) => restore(ownerUrl, open, options))
  } catch (error) {
    throw asProblem(error, file)
  }
}

function sayHowFar(): NonNullable<RestoreOptions['onProgress']> {
  const say = sayNowAndThen()
  const words = {
    checking: (bytes: number) => `${Math.round(bytes / 1e6)} MB of the backup checked`,
    loading: (bytes: number) => `${Math.round(bytes / 1e6)} MB loaded`,
    projecting: (position: number) => `read models made up to position ${position}`,
    auditing: (events: number) => `${events} events checked`,
  }
  return (doing, done) => say(words[doing](done))
}

function asProblem(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const message = error instanceof Error ? error.message : String(error)
  switch (code) {
    case 'broken-backup':
      return new CommandProblem(message, 'Take another backup; this one changed nothing.', badInput)
    case 'restore-under-way':
      return new CommandProblem(message, 'Wait for its end, or choose another database.', badInput)
    case 'not-empty':
      return new CommandProblem(
        message,
        'Set PET_HOME to a new folder, or DATABASE_URL to an empty database.',
        badInput,
      )
    case 'ENOENT':
    case 'EISDIR':
    case 'EACCES':
      return new CommandProblem(
        `Can't read ${file}: ${message}.`,
        'Give the path of a backup.',
        badInput,
      )
    default:
      return error
  }
}

function inWords({ at, events, head, firstBroken, unguarded }: RestoreReport): string {
  const findings = [
    ...(firstBroken === null
      ? []
      : [`As in the backup, position ${firstBroken} of the log is the first that does not hold.`]),
    ...unguarded.map((says) => `Unguarded: ${says}.`),
  ]
  return [
    `${events} events are back, as they were at ${at}. The chain ends in ${head}.`,
    ...findings,
  ].join('\n')
}
