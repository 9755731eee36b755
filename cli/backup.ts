import { stat } from 'node:fs/promises'
import type { Command } from 'commander'
import type { BackupReport } from '@pet/ledger/backup'
import { cancellable } from './cancellation.ts'
import { asNotWritten, newFile } from './new-file.ts'
import { asNoLog } from './no-log.ts'
import { notAsHoped } from './problem.ts'
import { sayNowAndThen } from './say-now-and-then.ts'
import { withDatabase } from './with-database.ts'

export function registerBackupCommand(program: Command): void {
  program
    .command('backup <file>')
    .description('write the log and what PET needs besides into a new file, while PET goes on')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
It is one moment of the database: the log, the keys of persons, accounts and secrets, packed by
zstd. Screens and lists are not in it; they are made again from the log. Keep it as safe as the
database, and no longer than you may: who is erased later is still in it.

The log is audited in the same moment. Exit code 1 when it does not hold; the backup is made all
the same. Exit code 130 after a Ctrl-C, which leaves no file.

It goes into a server of another version too. So this is also the road from one server to another:
back up from the old one (PostgreSQL 14 or newer), restore into the new one, start PET on that.

Examples:
  npx pet backup pet-2026-11-23.backup
  PET_HOME=.pet-copy npx pet restore pet-2026-11-23.backup
  DATABASE_URL=postgres://owner:secret@old/pet npx pet backup pet.backup
  DATABASE_URL=postgres://owner:secret@new/pet npx pet restore pet.backup`,
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const report = await cancellable('No file was made.', (signal) =>
        withDatabase((ownerUrl) => backUp(ownerUrl, { file, signal }), { oldest: 14, signal }),
      ).catch((error: unknown) => {
        throw asNoLog(error)
      })
      const { size: bytes } = await stat(file)
      console.log(json ? JSON.stringify({ file, bytes, ...report }) : inWords(file, bytes, report))
      if (!report.ok) process.exitCode = notAsHoped
    })
}

/** Writes the backup of a database into a new file, which is there in full or not at all. */
export async function backUp(
  ownerUrl: string,
  { file, signal }: { file: string; signal: AbortSignal },
): Promise<BackupReport> {
  const { backup } = await import('@pet/ledger/backup')
  const { backupContents } = await import('@pet/pet/backup-contents')
  const { usingPool } = await import('@pet/postgres/pool')
  await using database = usingPool(ownerUrl, { max: 1 })
  await using target = await newFile(file)
  const say = sayNowAndThen()
  const report = await backup(database.pool, backupContents, target.stream, {
    onProgress: (progress) =>
      say(
        'checked' in progress
          ? `${progress.checked} of ${progress.events} events checked`
          : `${Math.round(progress.writtenBytes / 1e6)} MB written`,
      ),
    signal,
  }).catch((error: unknown) => {
    throw asNotWritten(error, file)
  })
  signal.throwIfAborted()
  await target.keep()
  return report
}

function inWords(file: string, bytes: number, report: BackupReport): string {
  const { events, firstBroken, unguarded, head } = report
  const findings = [
    ...(firstBroken === null
      ? []
      : [`The log in it does not hold from position ${firstBroken} on.`]),
    ...unguarded.map((says) => `Unguarded: ${says}.`),
  ]
  const size = `${(bytes / 1e6).toFixed(1)} MB`
  return [
    `${events} events are in ${file} (${size}). The chain ends in ${head}.`,
    ...findings,
  ].join('\n')
}
