import type { Random } from '../random.ts'

const resamples = 2_000

/** 95 % interval of a statistic, by the percentile bootstrap (Efron, Annals of Statistics 7, 1979;
 * Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). Whole rounds are drawn
 * with replacement, so that what one round did to all arms stays together. */
function bootstrapInterval(
  rounds: number,
  statistic: (drawn: readonly number[]) => number,
  random: Random,
): [low: number, high: number] {
  const results = Array.from({ length: resamples }, () =>
    statistic(Array.from({ length: rounds }, () => random.integer(0, rounds - 1))),
  ).sort((a, b) => a - b)
  return [quantile(results, 0.025), quantile(results, 0.975)]
}

/** Interval of the mean of one figure per round. */
export function intervalOfMean(values: readonly number[], random: Random): [number, number] {
  return bootstrapInterval(values.length, (drawn) => meanOf(values, drawn), random)
}

/** Interval of the ratio of two means, both over the same drawn rounds (paired). */
export function intervalOfRatio(
  values: readonly number[],
  control: readonly number[],
  random: Random,
): [number, number] {
  return bootstrapInterval(
    values.length,
    (drawn) => ratio(meanOf(values, drawn), meanOf(control, drawn)),
    random,
  )
}

/** Nothing against nothing is as much as control; something against nothing is infinitely more. */
export function ratio(value: number, control: number): number {
  return value === control ? 1 : value / control
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function meanOf(values: readonly number[], drawn: readonly number[]): number {
  return drawn.reduce((sum, index) => sum + (values[index] ?? 0), 0) / drawn.length
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
