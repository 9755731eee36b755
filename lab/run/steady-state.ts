import { kindOf, type Metric } from '../scenario.ts'
import type { MeasuredMetric } from '../api-types.ts'
import { checkInterval, parseBound } from '../verdict/bound.ts'

const attempts = 5

/** How far a single round's measure may be from control's mean and still be the same state. */
const factor = 2

/**
 * Measures control until it is as it was before the failure, a few times at most. `recoveryMs`
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
      isSteady(metric, measured[name] ?? Number.NaN, before[name]?.value ?? Number.NaN),
    )
    if (steady || attempt === attempts) return { restored: steady, recoveryMs }
  }
}

/** A count keeps its declared bound; a measure stays near what it was. */
function isSteady(metric: Metric, value: number, before: number): boolean {
  if (metric.control) return checkInterval(parseBound(metric.control), [value, value]) === 'met'
  if (kindOf(metric) === 'count' || value === before) return true
  return value >= before / factor && value <= before * factor
}
