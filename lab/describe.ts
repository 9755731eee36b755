import type {
  MetricDescription,
  ScenarioDetails,
  ScenarioRow,
  ScenarioSummary,
} from './api-types.ts'
import { parametersSchema } from './parameters.ts'
import type { RegistryEntry } from './registry.ts'
import { kindOf, type Scenario } from './scenario.ts'
import { sourceOf } from './source.ts'

/** A scenario in one line. */
export function describeRow({ scenario }: RegistryEntry): ScenarioRow {
  const { name, category, title, targets, live = false } = scenario
  return { name, category, title, targets, live, parameters: parametersSchema(scenario) }
}

export function describeSummary(entry: RegistryEntry): ScenarioSummary {
  return { ...describeRow(entry), summary: entry.scenario.summary }
}

/** All there is to know of a scenario, the source of its arms included. */
export async function describeDetails(entry: RegistryEntry): Promise<ScenarioDetails> {
  const { scenario, file } = entry
  const { hypothesis, lesson, quick } = scenario
  const missing = await scenario.requires?.()
  return {
    ...describeSummary(entry),
    hypothesis,
    lesson,
    metrics: describeMetrics(scenario),
    source: await sourceOf(file),
    ...(quick !== undefined && { quick }),
    ...(missing !== undefined && { missing }),
  }
}

function describeMetrics({ metrics }: Scenario): MetricDescription[] {
  return Object.entries(metrics).map(([name, metric]) => {
    const { unit, help, control, failure, remedy } = metric
    const bounds = {
      ...(control !== undefined && { control }),
      ...(failure !== undefined && { failure }),
      ...(remedy !== undefined && { remedy }),
    }
    return { name, unit, help, kind: kindOf(metric), bounds }
  })
}
