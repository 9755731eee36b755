import type { Random } from '../random.ts'
import { normalBelow, studentQuantile } from './distributions.ts'

const resamples = 2_000

/**
 * 95 % interval of a statistic, by the percentile bootstrap (Efron, Annals of Statistics 7, 1979; Efron and
 * Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13), its percentiles expanded for few rounds, which
 * the plain one is too narrow for (Hesterberg, The American Statistician 69, 2015, section 5.3). Whole rounds are
 * drawn with replacement, so that what one round did to all arms stays together.
 */
function bootstrapInterval(
  rounds: number,
  statistic: (drawn: readonly number[]) => number,
  random: Random,
): [low: number, high: number] {
  const results = Array.from({ length: resamples }, () => statistic(drawFrom(rounds, random))).sort(
    (a, b) => a - b,
  )
  const tail = expandedTail(rounds)
  return [quantile(results, tail), quantile(results, 1 - tail)]
}

/** Indices of rounds, as many as there are, with replacement. */
function drawFrom(rounds: number, random: Random): number[] {
  return Array.from({ length: rounds }, () => random.integer(0, rounds - 1))
}

/** What is left out at either end: 2.5 % with very many rounds, less with fewer. */
function expandedTail(rounds: number): number {
  if (rounds < 2) return 0
  return normalBelow(-Math.sqrt(rounds / (rounds - 1)) * studentQuantile(0.975, rounds - 1))
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

/** Interval of the difference of two means from rounds that have nothing to do with each other. */
export function intervalOfDifference(
  values: readonly number[],
  others: readonly number[],
  random: Random,
): [number, number] {
  const results = Array.from(
    { length: resamples },
    () =>
      meanOf(values, drawFrom(values.length, random)) -
      meanOf(others, drawFrom(others.length, random)),
  ).sort((a, b) => a - b)
  const tail = expandedTail(Math.min(values.length, others.length))
  return [quantile(results, tail), quantile(results, 1 - tail)]
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
