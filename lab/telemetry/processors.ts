import { SpanKind, SpanStatusCode, trace, type Attributes, type HrTime } from '@opentelemetry/api'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { KeptLog, KeptSpan } from '../store/telemetry.ts'
import type { Recorder } from './recorder.ts'

/** The runs under way in this process, by the id of their trace. */
export const recorders = new Map<string, Recorder>()

/** Spans that have begun and not ended, by id: those below them take over what these are part of. */
const open = new Map<string, Span>()
const mostOpen = 50_000

/** The arm that each run is in. */
const arms = new WeakMap<Recorder, Span>()

const inherited = ['scenario', 'run', 'arm', 'round']

/**
 * Gives each span of a run the scenario, run, arm and round of the one above it, found by its id, so that one is
 * known too that a request brought along in its `traceparent`; and hands ended spans to their run's recorder.
 */
export const spanProcessor: SpanProcessor = {
  onStart: (span, parentContext) => {
    const { traceId, spanId } = span.spanContext()
    const recorder = recorderOf(traceId)
    if (recorder === undefined && !span.parentSpanContext) return hold(spanId, span) // a run's own begins
    if (recorder === undefined) return
    const parentId = trace.getSpanContext(parentContext)?.spanId ?? ''
    if (isRoot(open.get(parentId))) arms.set(recorder, span)
    span.setAttributes({ ...handedDown(parentId, recorder), ...span.attributes })
    hold(spanId, span)
  },
  onEnd: (span) => {
    const { traceId, spanId } = span.spanContext()
    open.delete(spanId)
    const recorder = recorderOf(traceId)
    recorder?.addSpan(keptSpan(span))
    if (isRoot(open.get(span.parentSpanContext?.spanId ?? ''))) recorder?.flush() // between two arms
  },
  forceFlush: async () => {},
  shutdown: async () => {},
}

/** The same for lines: they belong to the span that they were written in. */
export const logProcessor: LogRecordProcessor = {
  onEmit: (record) => {
    const { traceId = '', spanId = '' } = record.spanContext ?? {}
    const recorder = recorders.get(traceId)
    if (recorder === undefined) return
    record.setAttributes({ ...handedDown(spanId, recorder), ...record.attributes })
    recorder.addLog({
      atUs: microseconds(record.hrTime),
      severity: record.severityText ?? 'INFO',
      body: typeof record.body === 'string' ? record.body : JSON.stringify(record.body ?? ''),
      attributes: record.attributes as KeptLog['attributes'],
      traceId,
      spanId,
    })
  },
  forceFlush: async () => {},
  shutdown: async () => {},
}

/**
 * The run that a trace belongs to: its own, or the only one under way. A load's requests have a trace each, and what
 * the proxy does to a connection is in nobody's.
 */
function recorderOf(traceId: string): Recorder | undefined {
  const [first, ...others] = recorders.values()
  return recorders.get(traceId) ?? (others.length === 0 ? first : undefined)
}

function isRoot(span: Span | undefined): boolean {
  return span !== undefined && !span.parentSpanContext && 'run' in span.attributes
}

function handedDown(parentId: string, recorder: Recorder): Attributes {
  const above = (open.get(parentId) ?? arms.get(recorder))?.attributes ?? {}
  const known = inherited.flatMap((name) => (name in above ? [[name, above[name]]] : []))
  return { ...recorder.attributes, ...(Object.fromEntries(known) as Attributes) }
}

/** Spans that nobody ends are forgotten in time. */
function hold(spanId: string, span: Span): void {
  open.set(spanId, span)
  if (open.size > mostOpen) open.delete(open.keys().next().value ?? '')
}

const kinds = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
} as const

const statuses = {
  [SpanStatusCode.UNSET]: 'unset',
  [SpanStatusCode.OK]: 'ok',
  [SpanStatusCode.ERROR]: 'error',
} as const

function keptSpan(span: ReadableSpan): KeptSpan {
  const { traceId, spanId } = span.spanContext()
  const parentId = span.parentSpanContext?.spanId
  return {
    traceId,
    spanId,
    ...(parentId !== undefined && { parentId }),
    name: span.name,
    kind: kinds[span.kind],
    startedUs: microseconds(span.startTime),
    durationUs: span.duration[0] * 1e6 + span.duration[1] / 1e3,
    status: statuses[span.status.code],
    attributes: span.attributes,
    events: span.events.map(({ name, time, attributes = {} }) => ({
      name,
      atUs: microseconds(time),
      attributes,
    })),
    links: span.links.map(({ context, attributes = {} }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes,
    })),
  }
}

function microseconds([seconds, nanoseconds]: HrTime): number {
  return Math.round(seconds * 1e6 + nanoseconds / 1e3)
}
