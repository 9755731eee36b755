import type { Arm, ComparedMetric, MeasuredMetric, RunComparison, RunRecord } from '../api-types.ts'
import { LabProblem } from '../lab-problem.ts'
import { createRandom } from '../random.ts'
import { intervalOfDifference, intervalOfMean, mean } from './bootstrap.ts'

const arms: readonly Arm[] = ['control', 'failure', 'remedy']

/**
 * Compares two runs of one scenario, metric by metric: both values, their difference and its interval, after
 * what was not the same for both.
 *
 * @throws LabProblem `bad-parameter` when they are runs of different scenarios.
 */
export function compareRuns(first: RunRecord, second: RunRecord): RunComparison {
  if (first.name !== second.name) {
    throw new LabProblem(
      'bad-parameter',
      `Run ${first.id} is of ${first.name}, run ${second.id} of ${second.name}: only runs of one scenario compare.`,
      'other',
    )
  }
  return {
    name: first.name,
    runs: [first.id, second.id],
    verdicts: [first.verdict, second.verdict],
    conditions: differing(conditionsOf(first), conditionsOf(second)),
    metrics: arms.flatMap((arm) =>
      Object.entries(first.arms[arm].metrics).flatMap(([metric, measured]) => {
        const other = second.arms[arm].metrics[metric]
        return other ? [compareMetric(arm, metric, measured, other)] : []
      }),
    ),
  }
}

function compareMetric(
  arm: Arm,
  metric: string,
  first: MeasuredMetric,
  second: MeasuredMetric,
): ComparedMetric {
  const random = createRandom(1, 'compare', arm, metric)
  const interval = intervalOfDifference(second.rounds, first.rounds, random)
  const [low, high] = interval
  const enough = first.rounds.length > 1 && second.rounds.length > 1
  const outcome = low > 0 || high < 0 ? 'differs' : 'no difference shown'
  const perRound = ({ rounds }: MeasuredMetric) => ({
    value: mean(rounds),
    interval: intervalOfMean(rounds, createRandom(1, 'compare', arm, metric)),
  })
  return {
    arm,
    metric,
    values: [perRound(first), perRound(second)],
    difference: mean(second.rounds) - mean(first.rounds),
    interval,
    outcome: enough ? outcome : 'too few rounds',
  }
}

/** Whatever may make figures differ, by name. */
function conditionsOf(record: RunRecord): Map<string, string> {
  const { parameters, seed, depth = 'full', rounds, target, versions, machine } = record
  const prefixed = (prefix: string, values: Record<string, unknown>) =>
    Object.entries(values).map(
      ([name, value]) => [`${prefix} ${name}`, JSON.stringify(value)] as const,
    )
  return new Map([
    ...prefixed('parameter', parameters),
    ['seed', String(seed)],
    ['depth', depth],
    ['rounds', String(rounds)],
    ['target', target?.url ?? 'its own'],
    ...prefixed('version of', versions),
    ...prefixed('machine:', machine),
  ])
}

function differing(
  first: Map<string, string>,
  second: Map<string, string>,
): RunComparison['conditions'] {
  const names = [...new Set([...first.keys(), ...second.keys()])]
  return names.flatMap((what) => {
    const values: [string, string] = [first.get(what) ?? 'absent', second.get(what) ?? 'absent']
    return values[0] === values[1] ? [] : [{ what, values }]
  })
}
