import type { Arm, RunRecord, RunResult } from '../api-types.ts'
import { figure } from '../verdict/words.ts'
import { countOutcomes, isRecord, outcomeOf, verdictOfResult, wordsOf } from './result.ts'

const arms: readonly Arm[] = ['control', 'failure', 'remedy']
const marks = { passed: '✓', 'not as hypothesised': '✗', skipped: '–', failed: '!' } as const

/** The results as a Markdown summary: a table of all, then the figures of those that are not as hypothesised. */
export function markdownReport(results: readonly RunResult[]): string {
  const open = results.filter(isRecord).filter(({ asHypothesised }) => !asHypothesised)
  return [
    '## pet lab',
    countOutcomes(results),
    table(
      ['', 'Scenario', 'Verdict', 'In words'],
      results.map((result) => [
        marks[outcomeOf(result)],
        `${result.category}/${result.name}`,
        verdictOfResult(result),
        wordsOf(result).join(' '),
      ]),
    ),
    ...open.flatMap((record) => [`### ${plain(record.name)}: ${record.verdict}`, figures(record)]),
  ]
    .join('\n\n')
    .concat('\n')
}

function figures(record: RunRecord): string {
  return table(
    ['Metric', ...arms],
    Object.keys(record.arms.control.metrics).map((metric) => [
      metric,
      ...arms.map((arm) => {
        const { value = Number.NaN } = record.arms[arm].metrics[metric] ?? {}
        const checked = record.bounds.find((one) => one.arm === arm && one.metric === metric)
        return checked ? `${figure(value)} (${checked.bound}: ${checked.outcome})` : figure(value)
      }),
    ]),
  )
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(plain))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** Text that means itself: neither a cell's end, nor markup, nor a link. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\`*_[\]<>|&~#!]/g, (character) => `\\${character}`)
}
