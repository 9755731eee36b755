import type { IncomingHttpHeaders } from 'node:http'
import { propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import { callAt } from '../precise-timer.ts'

/** Why a request is held, for its span. */
export type Holding = {
  proxy: string
  fault: string
  delayMs: number
  /** Of the request that is held: its `traceparent` says to which trace the delay belongs. */
  headers: IncomingHttpHeaders
  connectionId: number
}

/**
 * Waits, and leaves a span in the trace of the request that had to. Where no telemetry is set up
 * the span is nothing. Ends early, without an error, when the client is gone.
 */
export async function hold(holding: Holding, gone: AbortSignal): Promise<void> {
  const { proxy, fault, delayMs, headers, connectionId } = holding
  const attributes = {
    'lab.proxy': proxy,
    'lab.fault': fault,
    'lab.delay_ms': delayMs,
    'lab.connection': connectionId,
  }
  const span = trace
    .getTracer('lab/proxy')
    .startSpan(
      `injected delay: ${fault}`,
      { attributes },
      propagation.extract(ROOT_CONTEXT, headers),
    )
  try {
    await wait(delayMs, gone)
    if (gone.aborted) span.setStatus({ code: SpanStatusCode.ERROR, message: 'the client left' })
  } finally {
    span.end()
  }
}

function wait(delayMs: number, gone: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (gone.aborted) return Promise.resolve()
  const stop = (): void => {
    cancel()
    resolve()
  }
  const cancel = callAt(performance.now() + delayMs, () => {
    gone.removeEventListener('abort', stop)
    resolve()
  })
  gone.addEventListener('abort', stop, { once: true })
  return promise
}
