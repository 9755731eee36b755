import type { Command } from 'commander'
import type { RunRow } from '@pet/lab/api-types'
import { LabProblem } from '@pet/lab/lab-problem'
import { labFolders, tidyRuns } from '@pet/lab/open-lab'
import { findRun, listRuns } from '@pet/lab/runs'
import { petHome } from '../home.ts'
import { alignColumns } from './columns.ts'
import { readStore } from './read-store.ts'
import { withExitCode } from './problem.ts'

type HistoryOptions = { limit: string; before?: string; json?: true }

const most = 500

export function registerHistoryCommand(lab: Command): void {
  lab
    .command('history')
    .description('list the runs that were, the newest first')
    .argument('[name]', 'only runs of this scenario')
    .option('--limit <number>', 'at most so many', '20')
    .option('--before <run>', 'only runs older than this one')
    .option('--json', 'print one JSON array')
    .addHelpText('after', '\nExample:\n  npx pet lab history deadlock --limit 5')
    .action((name: string | undefined, { limit, before, json }: HistoryOptions) =>
      withExitCode(async () => {
        const page = { limit: checkedLimit(limit), before, name }
        using store = readStore()
        if (store) await tidyRuns(labFolders(petHome()), store)
        if (before !== undefined && !(store && findRun(store, before))) throw noSuchRun(before)
        const rows = store ? listRuns(store, page) : []
        console.log(json ? JSON.stringify(rows) : inWords(rows))
      }),
    )
}

function checkedLimit(text: string): number {
  const limit = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isSafeInteger(limit) && limit >= 1 && limit <= most) return limit
  const sentence = `limit: ${text} was given, but it is a whole number from 1 to ${most}`
  throw new LabProblem('bad-parameter', sentence, 'limit')
}

function noSuchRun(id: string): LabProblem {
  return new LabProblem('bad-parameter', `before: there is no run ${id}`, 'before')
}

function inWords(rows: readonly RunRow[]): string {
  if (rows.length === 0) return 'No runs yet.'
  return alignColumns(
    rows.map(({ id, name, startedAt, status, verdict, seed, durationMs = 0 }) => [
      startedAt.slice(0, 19).replace('T', ' '),
      name,
      verdict ?? status,
      `seed ${seed}`,
      `${(durationMs / 1_000).toFixed(1)} s`,
      id,
    ]),
  ).join('\n')
}
