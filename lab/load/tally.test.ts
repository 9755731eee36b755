import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Outcome, SettledCall } from './call.ts'
import { Tally } from './tally.ts'

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constantFrom<Outcome>({ kind: 'ok' }, { kind: 'timed out' }),
  fc.record({
    kind: fc.constantFrom('wrong' as const, 'failed' as const),
    code: fc.constantFrom('503', 'ECONNRESET'),
  }),
)

const ms = fc.integer({ min: 0, max: 5_000 })
const calls: fc.Arbitrary<SettledCall[]> = fc.array(
  fc
    .record({ number: fc.nat(), intendedMs: ms, lateMs: ms, serviceMs: ms, outcome: outcomes })
    .map(({ lateMs, serviceMs, ...call }) => {
      const startedMs = call.intendedMs + lateMs
      return { ...call, startedMs, settledMs: startedMs + serviceMs, traceparent: undefined }
    }),
)

const window = { fromMs: 1_000, toMs: 4_000 }
const order = { latenessLimitMs: 10 }

function tallyOf(settled: SettledCall[]): Tally {
  const tally = new Tally(window)
  for (const call of settled) tally.settled(call)
  return tally
}

describe('a tally', () => {
  test('of parts, sent between threads and added up, is the tally of the whole', () => {
    fc.assert(
      fc.property(calls, calls, (some, others) => {
        const sum = new Tally(window)
        for (const part of [some, others]) sum.add(structuredClone(tallyOf(part).encode()))
        expect(sum.report(order)).toEqual(tallyOf([...some, ...others]).report(order))
      }),
      { numRuns: 20 },
    )
  })

  test('loses nobody: every call after the warm-up is one of its outcomes', () => {
    fc.assert(
      fc.property(calls, (settled) => {
        const report = tallyOf(settled).report(order)
        const { intended, ok, wrong, failed, timedOut, errors } = report
        expect(intended).toBe(settled.filter(({ intendedMs }) => intendedMs >= 1_000).length)
        expect(ok + wrong + failed + timedOut).toBe(intended)
        expect(Object.values(errors).reduce((sum, count) => sum + count, 0)).toBe(wrong + failed)
        expect(report.latency.count).toBe(intended)
      }),
      { numRuns: 20 },
    )
  })

  test('takes percentiles that are right to three digits', () => {
    const settled = Array.from({ length: 1_000 }, (_, number) => ({
      ...{ number, intendedMs: 2_000, startedMs: 2_000, settledMs: 2_001 + number },
      ...{ outcome: { kind: 'ok' as const }, traceparent: undefined },
    }))
    const { latency } = tallyOf(settled).report(order)
    const near = (value: number) => expect.closeTo(value, -Math.log10(value / 500))
    expect(latency).toMatchObject({ p50Ms: near(500), p99Ms: near(990), p999Ms: near(999) })
  })

  test('gives goodput over the answers that came within the window', () => {
    const at = (settledMs: number, outcome: Outcome): SettledCall => ({
      ...{ number: 0, intendedMs: 1_500, startedMs: 1_500, traceparent: undefined },
      ...{ settledMs, outcome },
    })
    const report = tallyOf([
      at(1_600, { kind: 'ok' }),
      at(1_700, { kind: 'ok' }),
      at(1_800, { kind: 'wrong', code: '404' }),
      at(4_500, { kind: 'ok' }), // a backlog that is worked off after the load is no capacity
      at(1_900, { kind: 'failed', code: 'ECONNRESET' }),
    ]).report(order)
    expect(report).toMatchObject({ windowMs: 3_000, goodput: 2 / 3, throughput: 1, ok: 3 })
  })

  test('tells so many codes apart, and no more', () => {
    const failed = Array.from({ length: 80 }, (_, number) => ({
      ...{ number, intendedMs: 2_000, startedMs: 2_000, settledMs: 2_000, traceparent: undefined },
      outcome: { kind: 'failed' as const, code: `E${number}` },
    }))
    const { errors } = tallyOf(failed).report(order)
    expect(Object.keys(errors)).toHaveLength(51)
    expect(errors['other']).toBe(30)
  })
})
