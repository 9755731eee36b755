import { mean } from './bootstrap.ts'
import { studentQuantile } from './distributions.ts'

/** Two-sided; one round in a hundred lies outside by chance. */
const confidence = 0.99

/** Nearer than this to the mean is the same state, however little the rounds themselves differed. */
const sameWithin = 0.1

/**
 * The interval that one more round lies in, if nothing has changed since these: the prediction interval for a
 * single future observation, mean ± t(n − 1) · s · √(1 + 1/n) (Hahn and Meeker, Statistical Intervals, 1991,
 * section 4.7). Of positive figures the logarithms are taken, since noise of rates and times multiplies, and a
 * rate of zero is never steady. Few rounds give a wide interval, a single one says nothing.
 */
export function predictNext(rounds: readonly number[]): [low: number, high: number] {
  if (rounds.length < 2) return [-Infinity, Infinity]
  if (rounds.every((figure) => figure > 0)) {
    const [low, high] = predict(rounds.map(Math.log), Math.log(1 + sameWithin))
    return [Math.exp(low), Math.exp(high)]
  }
  return predict(rounds, Math.abs(mean(rounds)) * sameWithin)
}

function predict(rounds: readonly number[], least: number): [low: number, high: number] {
  const count = rounds.length
  const center = mean(rounds)
  const squares = rounds.reduce((sum, figure) => sum + (figure - center) ** 2, 0)
  const deviation = Math.sqrt(squares / (count - 1))
  const quantile = studentQuantile((1 + confidence) / 2, count - 1)
  const reach = Math.max(least, quantile * deviation * Math.sqrt(1 + 1 / count))
  return [center - reach, center + reach]
}
