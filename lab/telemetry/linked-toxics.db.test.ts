import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHttpServer } from '@pet/http/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunRecord, TelemetrySpan, TracesPage } from '../api-types.ts'
import httpSender from '../load/http-sender.ts'
import { runLoad } from '../load/run-load.ts'
import { startProxy, type Proxy } from '../proxy/proxy.ts'
import { createRegistry } from '../registry.ts'
import type { Lab } from '../run/open-lab.ts'
import { recordRun } from '../run/record-run.ts'
import type { ArmContext } from '../scenario.ts'
import { addHistoryRoutes } from '../server/history-routes.ts'
import { temporaryLab } from '../testing/temporary-lab.ts'
import patience from '../testing/toys/patience.ts'

const service = createServer((_request, response) => response.end('served'))
const stack = new AsyncDisposableStack()
let lab: Lab
let spans: TelemetrySpan[]

/** Three requests, each in a trace of its own, by way of a proxy. */
async function ask(context: ArmContext, harm: (proxy: Proxy) => void): Promise<void> {
  const { port } = service.address() as AddressInfo
  const proxy = context.use(await startProxy({ name: 'link', upstream: `127.0.0.1:${port}` }))
  harm(proxy)
  const origin = `http://127.0.0.1:${proxy.address.port}`
  await using sender = httpSender({ origin, requests: [{ path: '/orders?secret=1' }] })
  const { ok } = await runLoad({
    ...{ arrivals: [0, 1, 2], send: sender.send, deadlineMs: 30_000, inFlightAtMost: 3 },
    ...{ signal: context.signal, traces: { share: 1, random: context.random } },
  })
  expect(ok).toBe(3)
}

beforeAll(async () => {
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  lab = stack.use(await temporaryLab())
  const { id } = await recordRun(
    lab,
    {
      ...patience,
      control: async (context) => {
        await ask(context, () => {})
        return patience.control(context)
      },
      failure: async (context) => {
        await ask(context, ({ toxics }) =>
          toxics.add({ type: 'latency', name: 'slow', attributes: { latency: 20 } }),
        )
        return patience.failure(context)
      },
      remedy: async (context) => {
        await ask(context, ({ faults }) =>
          faults.add({
            type: 'delay',
            name: 'held',
            attributes: { distribution: 'constant', ms: 5 },
          }),
        )
        return patience.remedy(context)
      },
    },
    { seed: 7, rounds: 1, parameters: { waitMs: 0 }, signal: new AbortController().signal },
  )
  spans = (await tracesOf(id)).spans
})
afterAll(async () => {
  await stack.disposeAsync()
  service.close().closeAllConnections()
})

/** As the API shows them. */
async function tracesOf(id: RunRecord['id']): Promise<TracesPage> {
  const account = { id: 'ada', name: 'Ada', roles: ['administrator'] }
  const app = createHttpServer({ authenticate: async () => ({ account }) })
  const file = new URL('../testing/toys/patience.ts', import.meta.url)
  addHistoryRoutes(app, createRegistry([{ scenario: patience, file }]), lab.store)
  const { body } = await app.inject(`/api/lab/runs/${id}/traces?limit=2000`)
  await app.close()
  return JSON.parse(body) as TracesPage
}

const requestsOf = (arm: string) =>
  spans.filter(({ kind, attributes }) => kind === 'client' && attributes['arm'] === arm)

test('a request that a TCP toxic delayed is linked to it, by connection and time', () => {
  const requests = requestsOf('failure')
  expect(requests).toHaveLength(3)
  for (const { links, attributes } of requests) {
    expect(links).toMatchObject([
      { attributes: { 'lab.proxy': 'link', 'lab.toxic': 'slow', 'lab.delay_ms': 20 } },
    ])
    const toxic = spans.find(({ spanId }) => spanId === links[0]?.spanId)
    expect(toxic).toMatchObject({ name: 'toxic: slow', attributes: { arm: 'failure', round: 1 } })
    expect(toxic?.attributes['network.peer.port']).toBe(attributes['network.local.port'])
    expect(attributes['url.path']).toBe('/orders')
  }
})

test('a request that nothing was done to is linked to nothing', () => {
  const requests = requestsOf('control')
  expect(requests.length).toBeGreaterThanOrEqual(3)
  expect(requests.every(({ links }) => links.length === 0)).toBe(true)
})

test('an injected HTTP delay lies below the request that suffered it', () => {
  const requests = requestsOf('remedy')
  const delays = spans.filter(({ name }) => name === 'injected delay: held')
  expect(delays).toHaveLength(3)
  expect(new Set(delays.map(({ parentId }) => parentId))).toEqual(
    new Set(requests.map(({ spanId }) => spanId)),
  )
})
