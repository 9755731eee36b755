import { context, diag, DiagLogLevel, logs, metrics, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import metadata from '../package.json' with { type: 'json' }
import { openOtlp } from './otlp.ts'
import { logProcessor, spanProcessor } from './processors.ts'

/** How long the end of a run waits for a collector. */
const flushLimitMs = 5_000

/** The SDK of this process. */
export type Sdk = {
  /** Sends what is left to the collector, if there is one that answers. */
  flush(): Promise<void>
}

let started: Promise<Sdk> | undefined

/**
 * Sets OpenTelemetry up in this process, once: traces by W3C headers, spans that follow asynchronous work, and
 * OTLP over HTTP where the standard variables (`OTEL_EXPORTER_OTLP_ENDPOINT` and its kin) name a collector.
 */
export function startSdk(): Promise<Sdk> {
  return (started ??= start())
}

async function start(): Promise<Sdk> {
  const otlp = await openOtlp(process.env)
  const resource = resourceFromAttributes({
    'service.name': 'pet-lab',
    'service.version': metadata.version,
  }).merge(detectResources({ detectors: [envDetector] }))
  const tracerProvider = new TracerProvider({
    resource,
    sampler: new AlwaysOnSampler(),
    spanProcessors: [spanProcessor, ...otlp.spanProcessors],
  })
  const loggerProvider = new LoggerProvider({
    resource,
    processors: [logProcessor, ...otlp.logProcessors],
  })
  const meterProvider = new MeterProvider({ resource, readers: otlp.metricReaders })
  sayFirstFailure()
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(tracerProvider)
  logs.setGlobalLoggerProvider(loggerProvider)
  metrics.setGlobalMeterProvider(meterProvider)
  return {
    flush: async () => {
      const timeoutMillis = flushLimitMs
      await Promise.allSettled([
        tracerProvider.forceFlush({ timeoutMillis }),
        loggerProvider.forceFlush({ timeoutMillis }),
        meterProvider.forceFlush({ timeoutMillis }),
      ])
    },
  }
}

/** A collector that is away is no reason to fail a run, but one to say so, once. */
function sayFirstFailure(): void {
  let said = false
  const ignore = () => {}
  const error = (message: string) => {
    if (said) return
    said = true
    process.emitWarning(`Telemetry could not be sent: ${message}`, 'LabWarning')
  }
  diag.setLogger(
    { error, warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    DiagLogLevel.ERROR,
  )
}
