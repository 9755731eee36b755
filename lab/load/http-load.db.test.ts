import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { drawArrivals } from './arrivals.ts'
import httpSender from './http-sender.ts'
import { httpSenderModule, runLoadApart, type LoadApart } from './load-apart.ts'
import { runLoad } from './run-load.ts'

async function serve(listener: RequestListener): Promise<{ origin: string } & AsyncDisposable> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const signal = new AbortController().signal
const arrivals = drawArrivals({ kind: 'poisson', perSecond: 400, forMs: 250 }, createRandom(7))
const patient = { deadlineMs: 30_000, inFlightAtMost: 500, latenessLimitMs: 30_000, signal }

describe('a load over HTTP', () => {
  test('sends the requests of a plan in turn, and knows a right answer', async () => {
    const asked: string[] = []
    await using server = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      if (request.url === '/quotes') response.end('{"quotes":[]}')
      else response.writeHead(request.url === '/busy' ? 503 : 201).end()
    })
    await using sender = httpSender({
      origin: server.origin,
      requests: [
        { path: '/quotes', includes: 'quotes' },
        { path: '/quotes', includes: 'invoices' },
        { path: '/busy' },
        { method: 'POST', path: '/time-entries', body: '{}', status: 201 },
      ],
    })
    const report = await runLoad({ ...patient, arrivals: [0, 1, 2, 3], send: sender.send })
    expect(report).toMatchObject({ ok: 2, wrong: 2, errors: { 200: 1, 503: 1 } })
    expect(asked.toSorted()).toEqual([
      'GET /busy',
      'GET /quotes',
      'GET /quotes',
      'POST /time-entries',
    ])
  })

  test('carries trace ids, and says by code what failed and what hung', async () => {
    const traced: unknown[] = []
    await using server = await serve((request, response) => {
      traced.push(request.headers['traceparent'])
      if (request.url === '/reset') response.destroy()
      // Else it never answers.
    })
    await using sender = httpSender({
      origin: server.origin,
      requests: [{ path: '/hangs' }, { path: '/reset' }],
    })
    const report = await runLoad({
      ...{ ...patient, arrivals: [0, 1], deadlineMs: 1_000, send: sender.send },
      traces: { share: 1, random: createRandom(7) },
    })
    expect(report).toMatchObject({ timedOut: 1, failed: 1, errors: { UND_ERR_SOCKET: 1 } })
    expect(report.abandoned).toBe(0)
    expect(report.slowestTraced[0]).toMatchObject({ outcome: 'timed out' })
    expect(traced.join()).toContain(report.slowestTraced[0]?.traceId)
  })

  test('counts a server that is not there', async () => {
    const gone = await serve(() => {})
    await gone[Symbol.asyncDispose]()
    await using sender = httpSender({ origin: gone.origin, requests: [{ path: '/' }] })
    const report = await runLoad({ ...patient, arrivals: [0], send: sender.send })
    expect(report).toMatchObject({ failed: 1, errors: { ECONNREFUSED: 1 } })
  })
})

describe('a load on threads of its own', () => {
  const apart = (origin: string, more: Partial<LoadApart> = {}) =>
    runLoadApart({
      ...{ ...patient, arrivals, sender: httpSenderModule },
      data: { origin, requests: [{ path: '/' }] },
      ...more,
    })

  test('adds up to the whole load', async () => {
    let answered = 0
    await using server = await serve((_, response) => {
      answered++
      response.end()
    })
    const report = await apart(server.origin, { threads: 2 })
    expect(report).toMatchObject({ intended: arrivals.length, ok: arrivals.length })
    expect(report.latency.count).toBe(arrivals.length)
    expect(answered).toBe(arrivals.length)
  })

  test('goes on asking while the event loop of the scenario stands still', async () => {
    let blocked = false
    await using server = await serve((_, response) => {
      if (!blocked) block(1_500)
      blocked = true
      response.end()
    })
    const report = await apart(server.origin)
    expect(report.latency.maxMs).toBeGreaterThan(1_000)
    expect(report.schedule?.lateness.maxMs).toBeLessThan(1_000)
  })

  test('ends with the reason when it is aborted or its sender can’t be opened', async () => {
    const stop = new AbortController()
    await using server = await serve(() => stop.abort(new Error('enough')))
    await expect(apart(server.origin, { signal: stop.signal })).rejects.toThrow('enough')
    const nowhere = new URL('./nowhere.ts', import.meta.url)
    await expect(apart(server.origin, { sender: nowhere })).rejects.toThrow('nowhere.ts')
  })
})

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
