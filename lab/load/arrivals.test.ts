import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashOf } from '../canonical.ts'
import { createRandom } from '../random.ts'
import { drawArrivals, type ArrivalPattern } from './arrivals.ts'

const rate = fc.integer({ min: 1, max: 2_000 })
const time = fc.integer({ min: 1, max: 3_000 })
const seeds = fc.integer({ min: 0, max: 2_147_483_647 })

const patterns: fc.Arbitrary<ArrivalPattern> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), perSecond: rate, forMs: time }),
  fc.record({ kind: fc.constant('poisson' as const), perSecond: rate, forMs: time }),
  fc.record({
    kind: fc.constant('ramp' as const),
    fromPerSecond: fc.integer({ min: 0, max: 2_000 }),
    toPerSecond: fc.integer({ min: 0, max: 2_000 }),
    forMs: time,
  }),
  fc
    .record({ perSecond: rate, peakPerSecond: rate, atMs: time, spikeMs: time, restMs: time })
    .map(({ restMs, ...spike }) => ({
      kind: 'spike' as const,
      ...spike,
      forMs: spike.atMs + spike.spikeMs + restMs,
    })),
)

/** How many arrivals are to be expected before an instant, reckoned in another way than the code. */
function expectedBefore(pattern: ArrivalPattern, atMs: number): number {
  const t = Math.min(atMs, pattern.forMs) / 1_000
  switch (pattern.kind) {
    case 'constant':
    case 'poisson':
      return pattern.perSecond * t
    case 'ramp': {
      const growth = (pattern.toPerSecond - pattern.fromPerSecond) / (pattern.forMs / 1_000)
      return pattern.fromPerSecond * t + (growth * t * t) / 2
    }
    case 'spike': {
      const inSpike = Math.min(Math.max(0, t - pattern.atMs / 1_000), pattern.spikeMs / 1_000)
      return pattern.perSecond * t + (pattern.peakPerSecond - pattern.perSecond) * inSpike
    }
  }
}

/** Beyond this many standard deviations of a Poisson count, less than one draw in 10^9 is. */
const within = (expected: number) => 6.5 * Math.sqrt(expected) + 15

describe('arrivals', () => {
  test('rise from zero to the end, the same for the same seed', () => {
    fc.assert(
      fc.property(patterns, seeds, (pattern, seed) => {
        const arrivals = drawArrivals(pattern, createRandom(seed, 'arrivals'))
        expect(arrivals.every((at, index) => at >= (arrivals[index - 1] ?? 0))).toBe(true)
        expect(arrivals.at(-1) ?? 0).toBeLessThanOrEqual(pattern.forMs)
        const again = drawArrivals(pattern, createRandom(seed, 'arrivals'))
        expect(hashOf(again)).toBe(hashOf(arrivals))
      }),
    )
  })

  test('keep the rate that was asked for, at every instant', () => {
    fc.assert(
      fc.property(
        patterns,
        seeds,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (pattern, seed, share) => {
          const arrivals = drawArrivals(pattern, createRandom(seed))
          for (const atMs of [pattern.forMs * share, pattern.forMs]) {
            const counted = arrivals.filter((at) => at < atMs).length
            const expected = expectedBefore(pattern, atMs)
            const tolerance = pattern.kind === 'constant' ? 1 : within(expected)
            expect(Math.abs(counted - expected)).toBeLessThanOrEqual(tolerance)
          }
        },
      ),
    )
  })

  test('that are constant have even gaps, and exactly as many as asked for', () => {
    const arrivals = drawArrivals(
      { kind: 'constant', perSecond: 400, forMs: 1_000 },
      createRandom(1),
    )
    expect(arrivals).toEqual(Array.from({ length: 400 }, (_, index) => index * 2.5))
  })

  test('that are Poisson have exponential gaps', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 5, max: 2_000 }), (seed, perSecond) => {
        const pattern = { kind: 'poisson' as const, perSecond, forMs: (5_000 / perSecond) * 1_000 }
        const arrivals = drawArrivals(pattern, createRandom(seed))
        const gaps = arrivals.map((at, index) => at - (arrivals[index - 1] ?? 0))
        const exponential = (ms: number) => 1 - Math.exp((-ms * perSecond) / 1_000)
        // Dvoretzky, Kiefer and Wolfowitz (Massart's constant): exceeded once in 10^9 draws.
        const bound = Math.sqrt(Math.log(2e9) / (2 * gaps.length))
        expect(distance(gaps, exponential)).toBeLessThan(bound)
      }),
      { numRuns: 20 },
    )
  })

  test('depend on the seed', () => {
    const pattern = { kind: 'poisson' as const, perSecond: 100, forMs: 1_000 }
    expect(drawArrivals(pattern, createRandom(1))).not.toEqual(
      drawArrivals(pattern, createRandom(2)),
    )
  })

  test.each<[string, ArrivalPattern]>([
    ['too many', { kind: 'constant', perSecond: 1e6, forMs: 10_000 }],
    ['too long', { kind: 'poisson', perSecond: 1, forMs: 4_000_000 }],
    ['a negative rate', { kind: 'ramp', fromPerSecond: -1, toPerSecond: 5, forMs: 10 }],
    ['a rate that is none', { kind: 'constant', perSecond: Number.NaN, forMs: 10 }],
    [
      'a spike beyond the end',
      { kind: 'spike', perSecond: 1, peakPerSecond: 2, atMs: 5, spikeMs: 10, forMs: 10 },
    ],
  ])('are refused: %s', (_, pattern) => {
    expect(() => drawArrivals(pattern, createRandom(1))).toThrow(
      expect.objectContaining({ code: 'bad-parameter' }),
    )
  })
})

/** Kolmogorov and Smirnov's: the greatest distance between what was drawn and a distribution. */
function distance(values: number[], distribution: (value: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted.reduce((greatest, value, index) => {
    const p = distribution(value)
    const [below, above] = [index / sorted.length, (index + 1) / sorted.length]
    return Math.max(greatest, Math.abs(p - below), Math.abs(p - above))
  }, 0)
}
