import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'

/** What goes to a collector besides the lab's database; all empty where none is configured. */
export type Otlp = {
  spanProcessors: SpanProcessor[]
  logProcessors: LogRecordProcessor[]
  metricReaders: IMetricReader[]
}

const sendEveryMs = 1_000

/**
 * Exporters by OTLP/HTTP (JSON) for the signals that the standard variables name a collector for: endpoint,
 * headers and time limits are read by the exporters themselves
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). They are loaded only then.
 */
export async function openOtlp(environment: NodeJS.ProcessEnv): Promise<Otlp> {
  const off = environment['OTEL_SDK_DISABLED']?.toLowerCase() === 'true'
  const wanted = (signal: string) =>
    !off &&
    ['OTEL_EXPORTER_OTLP_ENDPOINT', `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`].some(
      (name) => environment[name],
    )
  const [spanProcessors, logProcessors, metricReaders] = await Promise.all([
    wanted('TRACES') ? traces() : [],
    wanted('LOGS') ? logs() : [],
    wanted('METRICS') ? metrics() : [],
  ])
  return { spanProcessors, logProcessors, metricReaders }
}

async function traces(): Promise<SpanProcessor[]> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { BatchSpanProcessor } = await import('@opentelemetry/sdk-trace')
  return [
    new BatchSpanProcessor({
      exporter: new OTLPTraceExporter(),
      scheduledDelayMillis: sendEveryMs,
      maxQueueSize: 10_000,
    }),
  ]
}

async function logs(): Promise<LogRecordProcessor[]> {
  const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-http')
  const { BatchLogRecordProcessor } = await import('@opentelemetry/sdk-logs')
  return [
    new BatchLogRecordProcessor({
      exporter: new OTLPLogExporter(),
      scheduledDelayMillis: sendEveryMs,
      maxQueueSize: 10_000,
    }),
  ]
}

async function metrics(): Promise<IMetricReader[]> {
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http')
  const { PeriodicExportingMetricReader } = await import('@opentelemetry/sdk-metrics')
  return [
    new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
      exportIntervalMillis: sendEveryMs,
      exportTimeoutMillis: sendEveryMs,
    }),
  ]
}
