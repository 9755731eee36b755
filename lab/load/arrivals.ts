import { LabProblem } from '../lab-problem.ts'
import type { Random } from '../random.ts'

/** How often something is asked for, over time: an open model, in which nobody waits for answers. */
export type ArrivalPattern =
  /** Evenly, the first at once. */
  | { kind: 'constant'; perSecond: number; forMs: number }
  /** As independent people come: exponential gaps. */
  | { kind: 'poisson'; perSecond: number; forMs: number }
  /** Independent people, whose number grows or shrinks evenly. */
  | { kind: 'ramp'; fromPerSecond: number; toPerSecond: number; forMs: number }
  /** Independent people, and for `spikeMs` from `atMs` on `peakPerSecond` of them. */
  | {
      kind: 'spike'
      perSecond: number
      peakPerSecond: number
      atMs: number
      spikeMs: number
      forMs: number
    }

/** A stretch of time in which the rate changes evenly or not at all. */
type Stretch = { fromPerMs: number; toPerMs: number; forMs: number }

/** Limits of what may be drawn: an hour, a million arrivals. */
const mostMs = 3_600_000
const mostArrivals = 1_000_000

/**
 * The instants at which calls are to start, in milliseconds from the beginning, rising, to the
 * microsecond. The same pattern and the same random sequence give the same array, so that it can be
 * a scenario's `schedule`.
 *
 * Points of a unit-rate process are mapped through the inverse of the cumulated rate (Çinlar,
 * Introduction to Stochastic Processes, 1975, section 4.7): evenly spaced points give even
 * arrivals, points with exponential gaps a Poisson process, whose rate may change.
 *
 * @throws LabProblem `bad-parameter` beyond an hour or where more than a million are to be expected.
 */
export function drawArrivals(pattern: ArrivalPattern, random: Random): number[] {
  const stretches = stretchesOf(pattern)
  check(stretches)
  const gap = pattern.kind === 'constant' ? () => 1 : () => -Math.log(1 - random.fraction())
  const arrivals: number[] = []
  let point = pattern.kind === 'constant' ? 0 : gap()
  let beginsAtMs = 0
  for (const stretch of stretches) {
    const expected = expectedOf(stretch)
    // A hair's breadth less, or the sum of many rates would let one more come at the very end.
    for (; point < expected - 1e-9 && arrivals.length < mostArrivals; point += gap()) {
      arrivals.push(roundToMicroseconds(beginsAtMs + instantOf(stretch, point)))
    }
    point -= expected
    beginsAtMs += stretch.forMs
  }
  return arrivals
}

function stretchesOf(pattern: ArrivalPattern): Stretch[] {
  const steady = (perSecond: number, forMs: number): Stretch => ({
    fromPerMs: perSecond / 1_000,
    toPerMs: perSecond / 1_000,
    forMs,
  })
  switch (pattern.kind) {
    case 'constant':
    case 'poisson':
      return [steady(pattern.perSecond, pattern.forMs)]
    case 'ramp': {
      const { fromPerSecond, toPerSecond, forMs } = pattern
      return [{ fromPerMs: fromPerSecond / 1_000, toPerMs: toPerSecond / 1_000, forMs }]
    }
    case 'spike': {
      const { perSecond, peakPerSecond, atMs, spikeMs, forMs } = pattern
      const afterMs = forMs - atMs - spikeMs
      return [steady(perSecond, atMs), steady(peakPerSecond, spikeMs), steady(perSecond, afterMs)]
    }
  }
}

/** How many arrivals a stretch has on average: the rate, cumulated. */
function expectedOf({ fromPerMs, toPerMs, forMs }: Stretch): number {
  return ((fromPerMs + toPerMs) / 2) * forMs
}

/** When, within a stretch, the cumulated rate comes to `point`. */
function instantOf({ fromPerMs, toPerMs, forMs }: Stretch, point: number): number {
  if (point === 0) return 0
  const perMsPerMs = (toPerMs - fromPerMs) / forMs
  // The root of perMsPerMs/2 · t² + fromPerMs · t = point, written so that a flat rate is no exception.
  return (2 * point) / (fromPerMs + Math.sqrt(Math.max(0, fromPerMs ** 2 + 2 * perMsPerMs * point)))
}

function check(stretches: Stretch[]): void {
  const figures = stretches.flatMap(({ fromPerMs, toPerMs, forMs }) => [fromPerMs, toPerMs, forMs])
  if (!figures.every((figure) => figure >= 0 && Number.isFinite(figure))) {
    throw new LabProblem('bad-parameter', 'Arrivals need rates and times that are not below zero')
  }
  const forMs = stretches.reduce((sum, stretch) => sum + stretch.forMs, 0)
  const expected = stretches.reduce((sum, stretch) => sum + expectedOf(stretch), 0)
  if (forMs <= mostMs && expected <= mostArrivals) return
  throw new LabProblem(
    'bad-parameter',
    `About ${Math.round(expected)} arrivals in ${forMs / 1_000} s were asked for; at most ${mostArrivals} in ${mostMs / 1_000} s can be`,
  )
}

function roundToMicroseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
