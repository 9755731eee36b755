import { copyFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Command } from 'commander'
import { cancellable } from './cancellation.ts'
import { asNotWritten, newFile } from './new-file.ts'
import { asNoLog } from './no-log.ts'
import { CommandProblem, badInput } from './problem.ts'
import { sayNowAndThen } from './say-now-and-then.ts'
import { withDatabase } from './with-database.ts'

type ExportFlags = { json?: true; verifier?: string }

export function registerExportCommand(program: Command): void {
  program
    .command('export <file>')
    .description('write the log, and no key or secret, for somebody who shall verify it elsewhere')
    .option(
      '--verifier <file>',
      'write the verifier too: one file that needs Node and nothing else',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
The file holds every event as a line of JSON, packed by gzip. Personal values stay encrypted.

Examples:
  npx pet export log.jsonl.gz --verifier verify-log.mjs
  node verify-log.mjs log.jsonl.gz head-2026-11.json   # on any machine, with Node 18 or newer`,
    )
    .action(exportCommand)
}

async function exportCommand(file: string, flags: ExportFlags): Promise<void> {
  const events = await cancellable('No file was made.', (signal) =>
    withDatabase((ownerUrl) => writeLog(ownerUrl, { file, signal }), { signal }),
  )
  if (flags.verifier !== undefined) await writeVerifier(flags.verifier)
  console.log(flags.json ? JSON.stringify({ file, events }) : `${events} events are in ${file}.`)
}

async function writeLog(
  ownerUrl: string,
  { file, signal }: { file: string; signal: AbortSignal },
): Promise<number> {
  const { exportLog } = await import('@pet/ledger/export-log')
  const { usingPool } = await import('@pet/postgres/pool')
  await using database = usingPool(ownerUrl, { max: 2 })
  await using target = await newFile(file)
  const say = sayNowAndThen()
  let written = 0
  const lines = exportLog(database.pool, {
    onProgress(done, events) {
      written = done
      say(`${done} of ${events} events written`)
    },
    signal,
  })
  await pipeline(lines, createGzip(), target.stream).catch((error: unknown) => {
    throw asNoLog(asNotWritten(error, file))
  })
  await target.keep()
  return written
}

async function writeVerifier(file: string): Promise<void> {
  const { logVerifier } = await import('@pet/ledger/export-log')
  try {
    await copyFile(logVerifier, file)
  } catch (error) {
    throw new CommandProblem(
      `Can't write the verifier: ${error instanceof Error ? error.message : String(error)}.`,
      'Give a path in a folder that is there.',
      badInput,
    )
  }
}
