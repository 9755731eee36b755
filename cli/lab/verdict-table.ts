import type { Arm, RunRecord } from '@pet/lab/api-types'
import { figure } from '@pet/lab/words'
import { alignColumns } from './columns.ts'

const arms: readonly Arm[] = ['control', 'failure', 'remedy']

/** The verdict for a person: the three arms with their bounds, then what they say. */
export function verdictInWords(record: RunRecord): string {
  const { name, verdict, seed, rounds, durationMs, words } = record
  const seconds = (durationMs / 1_000).toFixed(1)
  return [
    `${name}: ${verdict} (seed ${seed}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${seconds} s)`,
    ...tableLines(record).map((line) => `  ${line}`),
    ...words.map((sentence) => `  ${sentence}`),
    ...businessLines(record).map((line) => `  ${line}`),
  ].join('\n')
}

function tableLines(record: RunRecord): string[] {
  const metrics = Object.keys(record.arms.control.metrics)
  return alignColumns([
    ['', ...arms.flatMap((arm) => [arm, ''])],
    ...metrics.map((metric) => [metric, ...arms.flatMap((arm) => cells(record, arm, metric))]),
  ])
}

/** What an arm measured, and whether it keeps its bound: `5.1`, `> 0 met`. */
function cells({ arms, bounds }: RunRecord, arm: Arm, metric: string): [string, string] {
  const measured = arms[arm].metrics[metric]
  const checked = bounds.find((bound) => bound.arm === arm && bound.metric === metric)
  const shown = measured === undefined ? '–' : figure(measured.value)
  return [shown, checked === undefined ? '' : `${checked.bound} ${checked.outcome}`]
}

function businessLines({ walk = [], defects = [], attempts = [] }: RunRecord): string[] {
  return [
    ...walk.map(({ id, sentence, held }) => `${held ? 'holds ' : 'BROKEN'} ${id} ${sentence}`),
    ...defects.map(({ name, smell }) => `defect ${name}: ${smell ?? 'NOT DETECTED'}`),
    ...attempts.map(({ as, did, met, rule, answer, position }) => {
      const by = rule ?? answer
      const at = position === undefined ? '' : `, position ${position}`
      return `${as} ${did}: ${met}${by ? ` (${by}${at})` : ''}`
    }),
  ]
}
