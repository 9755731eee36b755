import type { Command } from 'commander'
import type { ComparedMetric, RunComparison, RunRecord } from '@pet/lab/api-types'
import { compareRuns } from '@pet/lab/compare'
import { LabProblem } from '@pet/lab/lab-problem'
import { findRun, idsThatBeginWith } from '@pet/lab/runs'
import type { Store } from '@pet/lab/store'
import { figure } from '@pet/lab/words'
import { alignColumns } from './columns.ts'
import { withExitCode } from './problem.ts'
import { readStore } from './read-store.ts'

export function registerCompareCommand(lab: Command): void {
  lab
    .command('compare')
    .description('compare two runs of one scenario, figure by figure')
    .argument('<run>', "the first run's id, or its beginning (see pet lab history)")
    .argument('<other>', 'the second')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Figures are means per round with their 95 % intervals. A difference counts as one when the interval
around it does not hold zero.

Example:
  npx pet lab compare 4f1f 9c02`,
    )
    .action((first: string, second: string, { json }: { json?: true }) =>
      withExitCode(async () => {
        using store = readStore()
        const comparison = compareRuns(recordOf(store, first), recordOf(store, second))
        console.log(json ? JSON.stringify(comparison) : inWords(comparison))
      }),
    )
}

function recordOf(store: Store | undefined, id: string): RunRecord {
  const ids = store ? idsThatBeginWith(store, id) : []
  if (ids.length > 1) {
    throw new LabProblem('bad-parameter', `Several runs begin with ${id}: ${ids.join(', ')}`)
  }
  const view = store && ids[0] !== undefined ? findRun(store, ids[0]) : undefined
  if (view === undefined) {
    throw new LabProblem('bad-parameter', `There is no run ${id}; 'pet lab history' lists them.`)
  }
  if (view.status === 'finished') return view.record
  throw new LabProblem('bad-parameter', `The run ${view.id} is ${view.status}: it has no figures.`)
}

function inWords({ name, runs, verdicts, conditions, metrics }: RunComparison): string {
  return [
    `${name}: run ${runs[0]} (${verdicts[0]}) and run ${runs[1]} (${verdicts[1]})`,
    conditions.length > 0
      ? 'Not the same for both:'
      : 'Seed, parameters, versions and machine are the same.',
    ...alignColumns(conditions.map(({ what, values }) => [`  ${what}`, ...values])),
    'Per round:',
    ...alignColumns([
      ['  arm', 'metric', 'first', 'second', 'difference', ''],
      ...metrics.map(cells),
    ]),
  ].join('\n')
}

function cells({ arm, metric, values, difference, interval, outcome }: ComparedMetric): string[] {
  const withInterval = (value: number, [low, high]: readonly [number, number]) =>
    low === high ? figure(value) : `${figure(value)} (${figure(low)} to ${figure(high)})`
  const [first, second] = values
  return [
    `  ${arm}`,
    metric,
    withInterval(first.value, first.interval),
    withInterval(second.value, second.interval),
    withInterval(difference, interval),
    outcome,
  ]
}
