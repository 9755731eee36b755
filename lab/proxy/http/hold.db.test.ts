import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { propagation, trace } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProxy } from '../proxy.ts'

const exporter = new InMemorySpanExporter()

beforeAll(() => {
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
  )
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
})
afterAll(() => {
  trace.disable()
  propagation.disable()
})

test('an injected delay is a span in the trace of the request that had to wait', async () => {
  const seen: unknown[] = []
  const server = createServer(({ headers }, response) => {
    seen.push(headers['traceparent'])
    response.end()
  })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const proxy = stack.use(await startProxy({ name: 'api', upstream: `127.0.0.1:${port}` }))
  const attributes = { distribution: 'constant', ms: 60 } as const
  proxy.faults.add({ type: 'delay', name: 'slow', attributes, filter: { path: '/slow' } })

  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
  const spanId = '00f067aa0ba902b7'
  const traceparent = `00-${traceId}-${spanId}-01`
  const url = `http://127.0.0.1:${proxy.address.port}`
  for (const path of ['/fast', '/slow']) {
    await (await fetch(`${url}${path}`, { headers: { traceparent } })).text()
  }
  expect(seen).toEqual([traceparent, traceparent])
  const spans = exporter.getFinishedSpans()
  expect(spans).toHaveLength(1)
  const [span] = spans
  expect(span?.spanContext().traceId).toBe(traceId)
  expect(span?.parentSpanContext?.spanId).toBe(spanId)
  expect(span?.instrumentationScope.name).toBe('lab/proxy')
  expect(span?.attributes).toMatchObject({
    'lab.proxy': 'api',
    'lab.fault': 'slow',
    'lab.delay_ms': 60,
  })
  const [seconds = 0, nanoseconds = 0] = span?.duration ?? []
  expect(seconds * 1_000 + nanoseconds / 1e6).toBeGreaterThanOrEqual(59.5)
})
