import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics'
import { observeProjections, type Observed } from './projection-metrics.ts'

export interface Metrics extends AsyncDisposable {
  /**
   * Everything as it is now, in Prometheus' text format
   * (https://prometheus.io/docs/instrumenting/exposition_formats/).
   *
   * @throws Error when something could not be measured: a figure that is missing must not look like a good one.
   */
  inText(): Promise<string>
}

/** Reads when it is asked to. `PrometheusExporter` would go on to show what a gauge has once been for ever. */
class OnDemandReader extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: (type) =>
        type === InstrumentType.OBSERVABLE_GAUGE
          ? AggregationTemporality.DELTA // only what was observed this time
          : AggregationTemporality.CUMULATIVE,
    })
  }

  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** What this PET measures about itself, by OpenTelemetry. Nothing is sent anywhere: whoever may asks for it. */
export function createMetrics(observed: Observed): Metrics {
  const reader = new OnDemandReader()
  const provider = new MeterProvider({ readers: [reader] })
  observeProjections(provider.getMeter('pet'), observed)
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true)
  return {
    async inText() {
      const { resourceMetrics, errors } = await reader.collect()
      if (errors.length > 0) throw errors[0]
      return serializer.serialize(resourceMetrics)
    },
    [Symbol.asyncDispose]: () => provider.shutdown(),
  }
}
