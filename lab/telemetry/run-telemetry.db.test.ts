import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunRecord, TelemetrySpan } from '../api-types.ts'
import { createRegistry } from '../registry.ts'
import { recordRun } from '../run/record-run.ts'
import type { Lab } from '../run/open-lab.ts'
import { temporaryLab } from '../testing/temporary-lab.ts'
import patience from '../testing/toys/patience.ts'
import { listLogs, listPoints, listSpans } from '../store/telemetry.ts'
import { runMetrics } from './run-metrics.ts'

/** Stands for a collector: keeps what it is sent. */
const received: Record<string, unknown[]> = {}
const collector = createServer((request, response) => {
  void text(request).then((body) => {
    ;(received[request.url ?? ''] ??= []).push(JSON.parse(body))
    response.setHeader('content-type', 'application/json').end('{}')
  })
})

/** A proxy, say: answers under the trace that the request brought along. */
const answering = createServer((request, response) => {
  const above = propagation.extract(context.active(), request.headers)
  trace
    .getTracer('somebody else')
    .startSpan('injected delay', { kind: SpanKind.SERVER }, above)
    .end()
  response.end()
})

const stack = new AsyncDisposableStack()
let lab: Lab
let record: RunRecord
const whole = { limit: 2_000, after: 0 }

beforeAll(async () => {
  for (const server of [collector, answering]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const portOf = ({ port }: AddressInfo) => port
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] =
    `http://127.0.0.1:${portOf(collector.address() as AddressInfo)}`
  const url = `http://127.0.0.1:${portOf(answering.address() as AddressInfo)}`
  lab = stack.use(await temporaryLab())
  record = await recordRun(
    lab,
    {
      ...patience,
      failure: async (arm) => {
        arm.log('about to ask', { attempt: 1 })
        await arm.span('ask', async () => {
          const headers: Record<string, string> = {}
          propagation.inject(context.active(), headers)
          await (await fetch(url, { headers })).arrayBuffer()
        })
        return patience.failure(arm)
      },
    },
    { seed: 7, rounds: 2, parameters: { waitMs: 0 }, signal: new AbortController().signal },
  )
})
afterAll(async () => {
  await stack.disposeAsync()
  for (const server of [collector, answering]) server.close().closeAllConnections()
})

test('a run is one trace: the run, its arms, what they trace, and what the asked trace for them', () => {
  const { items: spans } = listSpans(lab.store, record.id, whole)
  const named = (name: string) => spans.filter((span) => span.name === name)
  const [root] = named('run patience')
  const [arm] = named('failure, round 2')
  expect(root?.parentId).toBeUndefined()
  expect(arm).toMatchObject({ parentId: root?.spanId })
  const ask = named('ask').find((span) => span.parentId === arm?.spanId)
  const delay = named('injected delay').find((span) => span.parentId === ask?.spanId)
  expect(delay).toMatchObject({
    kind: 'server',
    attributes: { scenario: 'patience', run: record.id, arm: 'failure', round: 2 },
  })
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([record.telemetry?.traceId]))
  expect(lies(delay, ask)).toBe(true)
})

const lies = (inner: TelemetrySpan | undefined, outer: TelemetrySpan | undefined) =>
  inner !== undefined &&
  outer !== undefined &&
  inner.startedUs >= outer.startedUs - 1_000 &&
  inner.startedUs <= outer.startedUs + outer.durationUs + 1_000

test('lines of the log know the run, the arm and the span that they were written in', () => {
  const { items: logs } = listLogs(lab.store, record.id, whole)
  const asked = logs.filter(({ body }) => body === 'about to ask')
  expect(asked).toHaveLength(2)
  expect(asked[0]).toMatchObject({
    severity: 'INFO',
    traceId: record.telemetry?.traceId,
    attributes: { scenario: 'patience', run: record.id, arm: 'failure', round: 1, attempt: 1 },
  })
})

test('samples and results are points, and the metrics that the scenario declares', () => {
  const { items: points } = listPoints(lab.store, record.id, whole)
  expect(points.filter(({ arm }) => arm === 'failure')).toMatchObject([
    { metric: 'lost', round: 1, value: 1 },
    { metric: 'lost', round: 1, value: 1 },
    { metric: 'lost', round: 2, value: 1 },
    { metric: 'lost', round: 2, value: 1 },
  ])
  const file = new URL('../testing/toys/patience.ts', import.meta.url)
  const families = runMetrics(lab.store, createRegistry([{ scenario: patience, file }]))
  expect(families).toMatchObject([{ name: 'lab_lost_total', type: 'counter' }])
  const failure = families[0]?.samples.find(({ labels }) => labels['arm'] === 'failure')
  expect(failure).toEqual({
    labels: { scenario: 'patience', arm: 'failure', run: record.id },
    value: 2,
  })
})

test('the record says how much is kept, and that nothing was left out', () => {
  expect(record.telemetry).toMatchObject({
    spans: listSpans(lab.store, record.id, whole).items.length,
    logs: listLogs(lab.store, record.id, whole).items.length,
    points: listPoints(lab.store, record.id, whole).items.length,
    leftOut: { spans: 0, logs: 0, points: 0 },
  })
})

test('a collector that is named gets all of it by OTLP', () => {
  expect(Object.keys(received).sort()).toEqual(['/v1/logs', '/v1/metrics', '/v1/traces'])
  const said = (path: string) => JSON.stringify(received[path])
  expect(said('/v1/traces')).toContain('"injected delay"')
  expect(said('/v1/traces')).toContain('"pet-lab"')
  expect(said('/v1/logs')).toContain('"about to ask"')
  expect(said('/v1/metrics')).toContain('"lab.lost"')
  expect(said('/v1/metrics')).toContain(record.id)
})

test('pages follow each other to the end', () => {
  const first = listSpans(lab.store, record.id, { limit: 5, after: 0 })
  const rest = listSpans(lab.store, record.id, { limit: 2_000, after: first.next ?? 0 })
  const all = listSpans(lab.store, record.id, whole)
  expect([...first.items, ...rest.items]).toEqual(all.items)
  expect(rest.next).toBeUndefined()
})
