import type { TelemetryPoint } from '../api-types.ts'
import type { Registry } from '../registry.ts'
import { kindOf } from '../scenario.ts'
import { listRuns } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import { lastPoints } from '../store/telemetry.ts'
import { prometheusName, type Family } from './prometheus.ts'

/** Runs that are shown: the one under way and the last ones before it. */
const mostRuns = 10

/**
 * The declared metrics of the last runs, whoever started them, as far as they are written down: a count is the total
 * of its rounds, a measure its latest figure. Labelled by scenario, arm and run.
 */
export function runMetrics(store: Store, registry: Registry): Family[] {
  const families = new Map<string, Family>()
  const scenarios = new Map(registry.entries.map(({ scenario }) => [scenario.name, scenario]))
  for (const run of listRuns(store, { limit: mostRuns })) {
    const scenario = scenarios.get(run.name)
    if (scenario === undefined) continue
    for (const [metric, points] of Map.groupBy(lastPoints(store, run.id), (one) => one.metric)) {
      const declared = scenario.metrics[metric]
      if (declared === undefined) continue
      const type = kindOf(declared) === 'count' ? 'counter' : 'gauge'
      const name = prometheusName(metric, declared.unit, type)
      const family = families.get(name) ?? { name, type, help: declared.help, samples: [] }
      families.set(name, family)
      for (const [arm, ofArm] of Map.groupBy(points, (one) => one.arm)) {
        family.samples.push({
          labels: { scenario: run.name, arm, run: run.id },
          value: type === 'counter' ? total(ofArm) : latest(ofArm),
        })
      }
    }
  }
  return [...families.values()]
}

function total(points: readonly TelemetryPoint[]): number {
  return points.reduce((sum, { value }) => sum + value, 0)
}

function latest(points: readonly TelemetryPoint[]): number {
  return points.at(-1)?.value ?? Number.NaN
}
