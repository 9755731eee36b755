import { z } from 'zod'
import type { Random } from '../../random.ts'

const longestMs = 600_000
const ms = z.number().min(0).max(longestMs)
/** What is drawn beyond it is held to it: a tail without one would hold a request for hours. */
const maxMs = ms.default(60_000)

/** Of a delay, all in milliseconds. */
export const distributionSchema = z.discriminatedUnion('distribution', [
  z.strictObject({ distribution: z.literal('constant'), ms }),
  z
    .strictObject({ distribution: z.literal('uniform'), leastMs: ms, mostMs: ms })
    .refine(({ leastMs, mostMs }) => leastMs <= mostMs, {
      path: ['leastMs'],
      message: 'must not be above mostMs',
    }),
  z.strictObject({ distribution: z.literal('normal'), meanMs: ms, deviationMs: ms, maxMs }),
  z.strictObject({ distribution: z.literal('exponential'), meanMs: ms, maxMs }),
  /** `sigma`: the standard deviation of the logarithm. */
  z.strictObject({
    distribution: z.literal('lognormal'),
    medianMs: ms,
    sigma: z.number().min(0).max(5),
    maxMs,
  }),
  /** From `leastMs` on; the smaller `shape` is, the heavier the tail. */
  z.strictObject({
    distribution: z.literal('pareto'),
    leastMs: ms,
    shape: z.number().min(0.1).max(100),
    maxMs,
  }),
])

export type Distribution = z.output<typeof distributionSchema>

/** Draws a delay in ms, never below 0. Sources of randomness are used up alike by every draw of a kind. */
export function drawDelay(distribution: Distribution, random: Pick<Random, 'fraction'>): number {
  switch (distribution.distribution) {
    case 'constant':
      return distribution.ms
    case 'uniform': {
      const { leastMs, mostMs } = distribution
      return leastMs + random.fraction() * (mostMs - leastMs)
    }
    case 'normal': {
      const { meanMs, deviationMs } = distribution
      return within(meanMs + deviationMs * standardNormal(random), distribution.maxMs)
    }
    case 'exponential':
      return within(-Math.log(1 - random.fraction()) * distribution.meanMs, distribution.maxMs)
    case 'lognormal': {
      const { medianMs, sigma } = distribution
      return within(medianMs * Math.exp(sigma * standardNormal(random)), distribution.maxMs)
    }
    case 'pareto': {
      const { leastMs, shape } = distribution
      return within(leastMs / (1 - random.fraction()) ** (1 / shape), distribution.maxMs)
    }
  }
}

function within(delayMs: number, maxMs: number): number {
  return Math.min(Math.max(0, delayMs), maxMs)
}

/** By Box and Muller (1958). */
function standardNormal({ fraction }: Pick<Random, 'fraction'>): number {
  const radius = Math.sqrt(-2 * Math.log(1 - fraction()))
  return radius * Math.cos(2 * Math.PI * fraction())
}
