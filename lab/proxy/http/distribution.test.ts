import { expect, test } from 'vitest'
import { createRandom } from '../../random.ts'
import { distributionSchema, drawDelay } from './distribution.ts'

const draws = 20_000

function sorted(asked: unknown): number[] {
  const random = createRandom(1)
  const distribution = distributionSchema.parse(asked)
  return Array.from({ length: draws }, () => drawDelay(distribution, random)).toSorted(
    (a, b) => a - b,
  )
}

const quantile = (values: number[], share: number) => values[Math.floor(share * values.length)] ?? 0

/** Quantiles that each distribution has by its formula, within 5 %. */
test.each([
  [
    { distribution: 'constant', ms: 40 },
    { 0.1: 40, 0.9: 40 },
  ],
  [
    { distribution: 'uniform', leastMs: 10, mostMs: 30 },
    { 0.25: 15, 0.5: 20, 0.75: 25 },
  ],
  [
    { distribution: 'normal', meanMs: 100, deviationMs: 10 },
    { 0.159: 90, 0.5: 100, 0.841: 110 },
  ],
  [
    { distribution: 'exponential', meanMs: 50 },
    { 0.5: 34.66, 0.9: 115.1, 0.99: 230.3 },
  ],
  [
    { distribution: 'lognormal', medianMs: 20, sigma: 1 },
    { 0.159: 7.37, 0.5: 20, 0.841: 54.3 },
  ],
  [
    { distribution: 'pareto', leastMs: 10, shape: 2 },
    { 0.5: 14.14, 0.75: 20, 0.99: 100 },
  ],
])('%o', (asked, quantiles) => {
  const values = sorted(asked)
  for (const [share, expected] of Object.entries(quantiles)) {
    expect(quantile(values, Number(share)) / expected).toBeCloseTo(1, 1)
    expect(Math.abs(quantile(values, Number(share)) / expected - 1)).toBeLessThan(0.05)
  }
})

test('nothing is below 0 or beyond its limit', () => {
  expect(sorted({ distribution: 'normal', meanMs: 0, deviationMs: 50 })[0]).toBe(0)
  const heavy = sorted({ distribution: 'pareto', leastMs: 10, shape: 0.2, maxMs: 500 })
  expect(heavy.at(-1)).toBe(500)
})
