import { kindOf, type Metric } from '../scenario.ts'
import type { MeasuredMetric } from '../api-types.ts'
import { checkInterval, parseBound } from '../verdict/bound.ts'
import { predictNext } from '../verdict/prediction.ts'

const attempts = 5

/**
 * Measures control until it is as it was before the failure, a few rounds at most. `recoveryMs`
 * lasts from the rollback to the start of the first round that was steady.
 */
export async function measureSteadyState(
  metrics: Record<string, Metric>,
  before: Record<string, MeasuredMetric>,
  measureControl: () => Promise<Record<string, number>>,
): Promise<{ restored: boolean; recoveryMs: number }> {
  const rolledBackAt = performance.now()
  for (let attempt = 1; ; attempt++) {
    const recoveryMs = Math.round(performance.now() - rolledBackAt)
    const measured = await measureControl()
    const steady = Object.entries(metrics).every(([name, metric]) =>
      isSteady(metric, measured[name] ?? Number.NaN, before[name]?.rounds ?? []),
    )
    if (steady || attempt === attempts) return { restored: steady, recoveryMs }
  }
}

/** A figure keeps control's declared bound; a measure is also what control's rounds let expect of one more. */
export function isSteady(metric: Metric, value: number, before: readonly number[]): boolean {
  if (metric.control && checkInterval(parseBound(metric.control), [value, value]) !== 'met') {
    return false
  }
  if (kindOf(metric) === 'count') return true
  const [low, high] = predictNext(before)
  return low <= value && value <= high
}
