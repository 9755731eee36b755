import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import type { Call, SettledCall } from './call.ts'
import { runLoad, type OpenLoad } from './run-load.ts'

/** A load that is patient with a busy machine, unless a test is about that. */
const load = (more: Partial<OpenLoad>) =>
  runLoad({
    arrivals: [0, 1, 2, 3],
    send: async () => 'ok',
    deadlineMs: 30_000,
    inFlightAtMost: 100,
    latenessLimitMs: 30_000,
    signal: new AbortController().signal,
    ...more,
  })

/** Settles when the call is given up, as what heeds its signal does. */
const untilGivenUp = ({ signal }: Call) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

describe('an open load', () => {
  test('never waits for the answers to earlier calls', async () => {
    const allBegun = Promise.withResolvers<'ok'>()
    const report = await load({
      send: ({ number }) => {
        if (number === 3) allBegun.resolve('ok')
        return allBegun.promise
      },
    })
    expect(report).toMatchObject({ model: 'open', intended: 4, ok: 4, schedule: { keptUp: true } })
  })

  test('tells right answers from wrong ones, failures and what came too late', async () => {
    const coded = Object.assign(new Error('gone'), { code: 'ECONNRESET' })
    const report = await load({
      deadlineMs: 600,
      send: async (call) => {
        if (call.number === 1) return { wrong: '503' }
        if (call.number === 2) throw coded
        return call.number === 3 ? untilGivenUp(call) : 'ok'
      },
    })
    expect(report).toMatchObject({
      ...{ intended: 4, ok: 1, wrong: 1, failed: 1, timedOut: 1, shed: 0, abandoned: 0 },
      errors: { 503: 1, ECONNRESET: 1 },
      latency: { count: 4 },
      latencyOfOk: { count: 1 },
    })
    expect(report.latency.maxMs).toBeGreaterThanOrEqual(600)
  })

  test('counts an answer after the deadline as late, also when its timer had no turn', async () => {
    const report = await load({
      arrivals: [0],
      deadlineMs: 500,
      send: async () => {
        block(600)
        return 'ok'
      },
    })
    expect(report).toMatchObject({ ok: 0, timedOut: 1, goodput: 0 })
  })

  test('measures from the intended start: a call that began late was not fast', async () => {
    const report = await load({
      arrivals: Array.from({ length: 50 }, (_, index) => index),
      latenessLimitMs: 10,
      send: async ({ number }) => {
        if (number === 0) block(200)
        return 'ok'
      },
    })
    // The 49 behind the one that took 200 ms began 150 ms late at least, and took no time themselves.
    expect(report.latency.p50Ms).toBeGreaterThan(150)
    expect(report.service.p50Ms).toBeLessThan(report.latency.p50Ms)
    expect(report.schedule).toMatchObject({ keptUp: false, latenessLimitMs: 10 })
    expect(report.schedule?.lateness.p99Ms).toBeGreaterThan(150)
  })

  test('sheds what would be one too many, says so, and has then not kept its schedule', async () => {
    const report = load({
      arrivals: Array.from({ length: 10 }, () => 0),
      inFlightAtMost: 2,
      send: () => nextTurn('ok' as const),
    })
    expect(await report).toMatchObject({
      ...{ intended: 10, ok: 2, shed: 8 },
      schedule: { keptUp: false },
    })
  })

  test('sheds what could begin only after its deadline', async () => {
    const begun: number[] = []
    const report = await load({
      arrivals: Array.from({ length: 20 }, (_, index) => index),
      deadlineMs: 500,
      send: async ({ number }) => {
        begun.push(number)
        block(number === 0 ? 600 : 0)
        return 'ok'
      },
    })
    expect(begun).toEqual([0])
    expect(report).toMatchObject({ timedOut: 1, shed: 19, schedule: { keptUp: false } })
  })

  test('leaves what does not heed its signal behind, counted', async () => {
    const report = await load({
      arrivals: [0, 1],
      deadlineMs: 300,
      send: ({ number }) => (number === 0 ? new Promise(() => {}) : Promise.resolve('ok')),
    })
    expect(report).toMatchObject({ timedOut: 1, abandoned: 1 })
  })

  test('stops when it is aborted, and what is under way is told', async () => {
    const stop = new AbortController()
    const begun: Call[] = []
    const running = load({
      arrivals: [0, 60_000],
      signal: stop.signal,
      send: (call) => {
        begun.push(call)
        stop.abort(new Error('enough'))
        return untilGivenUp(call)
      },
    })
    await expect(running).rejects.toThrow('enough')
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true])
    await expect(load({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  })

  test('makes the calls of its warm-up, but does not count them', async () => {
    const seen: SettledCall[] = []
    const report = await load({
      arrivals: [0, 5, 10, 20],
      warmupMs: 10,
      send: async ({ number }) => (number < 2 ? { wrong: 'cold' } : 'ok'),
      onSettled: (call) => void seen.push(call),
    })
    expect(report).toMatchObject({ intended: 2, ok: 2, wrong: 0, errors: {}, windowMs: 10 })
    expect(seen.map(({ number }) => number).toSorted()).toEqual([0, 1, 2, 3])
  })

  test('marks a share of its calls with trace ids, by its seed', async () => {
    const trace = async (seed: number, share: number) => {
      const marks: (string | undefined)[] = []
      const send = async ({ traceparent }: Call) => {
        marks.push(traceparent)
        return 'ok' as const
      }
      const arrivals = Array.from({ length: 200 }, () => 0)
      const traces = { share, random: createRandom(seed, 'traces') }
      const { slowestTraced } = await load({ arrivals, send, traces, inFlightAtMost: 200 })
      return { marks, slowestTraced }
    }
    const all = await trace(7, 1)
    for (const mark of all.marks)
      expect(mark).toMatch(/^00-[1-9a-f][0-9a-f]{31}-[1-9a-f][0-9a-f]{15}-01$/)
    expect(all.slowestTraced).toHaveLength(10)
    expect(all.marks.join()).toContain(all.slowestTraced[0]?.traceId)
    const some = await trace(7, 0.25)
    expect((await trace(7, 0.25)).marks).toEqual(some.marks)
    expect((await trace(8, 0.25)).marks).not.toEqual(some.marks)
    const marked = some.marks.filter(Boolean).length
    expect(marked).toBeGreaterThan(25)
    expect(marked).toBeLessThan(75)
  })

  test('of nothing is nothing', async () => {
    expect(await load({ arrivals: [] })).toMatchObject({ intended: 0, goodput: 0 })
  })
})

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
