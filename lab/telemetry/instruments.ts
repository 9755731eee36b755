import { metrics } from '@opentelemetry/api'
import type { SampleEvent } from '../api-types.ts'
import { kindOf, type Scenario } from '../scenario.ts'

/** The name that a declared metric has as an instrument. */
export function instrumentName(metric: string): string {
  return `lab.${metric}`
}

/**
 * An instrument for each metric that a scenario declares: a counter where it counts, else a gauge, with the unit and
 * the help that it declares. Fed with every sample and every arm's result, by scenario, arm and run.
 */
export function instrumentsOf(
  scenario: Pick<Scenario, 'name' | 'metrics'>,
  run: string,
): (sample: SampleEvent & { round: number }) => void {
  const meter = metrics.getMeter(`@pet/lab/${scenario.name}`)
  const record = new Map(
    Object.entries(scenario.metrics).map(([name, metric]) => {
      const options = { unit: metric.unit, description: metric.help }
      return [
        name,
        kindOf(metric) === 'count'
          ? addTo(meter.createCounter(instrumentName(name), options))
          : setOn(meter.createGauge(instrumentName(name), options)),
      ] as const
    }),
  )
  return ({ arm, metric, round, value }) =>
    record.get(metric)?.(value, { scenario: scenario.name, arm, run }, `${arm} ${round}`)
}

type Labels = { scenario: string; arm: string; run: string }
type Feed = (value: number, labels: Labels, round: string) => void

function setOn(gauge: { record(value: number, labels: Labels): void }): Feed {
  return (value, labels) => gauge.record(value, labels)
}

/** A sample says how many there are so far in a round; the counter gets what has come since the last one. */
function addTo(counter: { add(value: number, labels: Labels): void }): Feed {
  const counted = new Map<string, number>()
  return (value, labels, round) => {
    const more = value - (counted.get(round) ?? 0)
    if (more < 0) return // a counter never falls
    counter.add(more, labels)
    counted.set(round, value)
  }
}
