import type { CheckedBound, RunRecord, Verdict } from '../api-types.ts'
import type { Scenario } from '../scenario.ts'

type Findings = Pick<
  RunRecord,
  | 'landed'
  | 'demonstrated'
  | 'remedyHolds'
  | 'restored'
  | 'probe'
  | 'bounds'
  | 'recoveryMs'
  | 'behind'
>

/** The verdict in a word: the first thing that is not as hypothesised, in the order of a run. */
export function verdictOf({
  landed,
  demonstrated,
  remedyHolds,
  restored,
  bounds,
  behind,
}: Omit<Findings, 'probe' | 'recoveryMs'>): Verdict {
  const notMet = (...arms: CheckedBound['arm'][]) =>
    bounds.some(({ arm, outcome }) => arms.includes(arm) && outcome === 'not met')
  if (behind?.length) return 'inconclusive'
  if (landed === 'mismatch') return 'not landed'
  if (notMet('control', 'failure')) return 'not demonstrated'
  if (notMet('remedy')) return 'remedy fails'
  if (!demonstrated || !remedyHolds) return 'inconclusive'
  return restored ? 'as hypothesised' : 'not restored'
}

/** The verdict in sentences. */
export function describeVerdict(
  { metrics }: Pick<Scenario, 'metrics'>,
  findings: Findings,
): string[] {
  const {
    landed,
    demonstrated,
    remedyHolds,
    restored,
    probe,
    bounds,
    recoveryMs,
    behind = [],
  } = findings
  const landing = `asked for ${probe.asked}, the independent probe measured ${figure(probe.measured)} (in control ${figure(probe.measuredInControl)})`
  const open = bounds.filter(({ outcome }) => outcome !== 'met')
  return [
    ...behind,
    `${landedWords[landed]}: ${landing}.`,
    demonstrated ? 'The failure is demonstrated.' : 'The failure is not demonstrated.',
    remedyHolds ? 'The remedy holds.' : 'The remedy is not shown to hold.',
    restored
      ? `Afterwards control was as before, ${recoveryMs} ms after the rollback.`
      : 'Afterwards control was not as before.',
    ...open.map((bound) => sentenceOf(bound, metrics[bound.metric]?.unit ?? '')),
  ]
}

const landedWords: Record<RunRecord['landed'], string> = {
  confirmed: 'The fault landed',
  mismatch: 'The fault did not land',
  inconclusive: 'Whether the fault landed stays open',
}

function sentenceOf({ arm, metric, bound, value, interval, outcome }: CheckedBound, unit: string) {
  const relative = bound.endsWith('control')
  const [low, high] = interval
  const shown = relative ? `${figure(value)}x control` : `${figure(value)} ${unit}`.trimEnd()
  const spread = low === high ? '' : ` (95 %: ${figure(low)} to ${figure(high)})`
  return `${metric} in ${arm} should be ${bound} and was ${shown}${spread}: ${outcome}.`
}

/** Three significant digits, integers as they are. */
export function figure(value: number): string {
  if (Math.abs(value) === Number.MAX_VALUE) return value > 0 ? '∞' : '-∞'
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)))
}
