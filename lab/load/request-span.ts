import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { ROOT_CONTEXT, SpanKind, trace, TraceFlags, type Span } from '@opentelemetry/api'
import { endsOfConnection } from '../telemetry/connection-ends.ts'

/** A traced request as a span of its own, and the header by which what serves it comes to lie below that. */
export type RequestSpan = { span: Span; traceparent: string }

/** Requests that have not been written to a socket yet, by their header. */
const waiting = new Map<string, Span>()
let listens = false

/**
 * Begins the span of a request in the trace that was drawn for it. Its connection is put on it, by which it is linked
 * to what happened there. Where no telemetry is set up it is nothing, and the header is the drawn one.
 */
export function startRequestSpan(
  { method, path }: { method: string; path: string },
  drawn: string,
): RequestSpan {
  const [, traceId = '', spanId = ''] = drawn.split('-')
  const above = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
  const attributes = { 'http.request.method': method, 'url.path': path.replace(/\?.*/s, '') }
  const span = trace
    .getTracer('lab/load')
    .startSpan(
      method,
      { kind: SpanKind.CLIENT, attributes },
      trace.setSpanContext(ROOT_CONTEXT, above),
    )
  const traceparent = `00-${traceId}-${span.spanContext().spanId}-01`
  if (span.isRecording()) {
    listen()
    waiting.set(traceparent, span)
  }
  return { span, traceparent }
}

/** `error`: what there was in place of an answer. */
export function endRequestSpan(
  { span, traceparent }: RequestSpan,
  end: { status: number } | { error: unknown },
): void {
  waiting.delete(traceparent)
  if ('status' in end) span.setAttribute('http.response.status_code', end.status)
  else span.recordException(end.error instanceof Error ? end.error : String(end.error))
  span.end()
}

/** undici says on this channel which socket it writes a request to, and nowhere else. */
function listen(): void {
  if (listens) return
  listens = true
  subscribe('undici:client:sendHeaders', (message) => {
    if (waiting.size === 0) return
    // As undici documents the channel: https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
    const { headers, socket } = message as { headers: string; socket: Socket }
    const [, traceparent = ''] = /^traceparent: (\S+)/m.exec(headers) ?? []
    waiting.get(traceparent)?.setAttributes(endsOfConnection(socket))
  })
}
