import type {
  Arm,
  ArmRecord,
  BoundOutcome,
  CheckedBound,
  MeasuredMetric,
  RunRecord,
} from '../api-types.ts'
import { createRandom } from '../random.ts'
import { kindOf, type Landing, type Metric } from '../scenario.ts'
import { loadsBehind, type ArmLoads } from './behind.ts'
import { checkInterval, parseBound, spanBetween } from './bound.ts'
import { intervalOfMean, intervalOfRatio, mean, ratio } from './bootstrap.ts'

/** What the three arms measured, one entry per round; `landings` and `baseline` are the probe's,
 * after the failure arm and after control. */
export type Measurements = {
  arms: Record<Arm, Record<string, number>[]>
  landings: Landing[]
  baseline: Landing[]
  loads?: ArmLoads
}

/** What follows from the measurements and the declared bounds, and from nothing else. */
export type Judgement = Pick<RunRecord, 'landed' | 'probe' | 'bounds'> & {
  arms: Record<Arm, Pick<ArmRecord, 'metrics'>>
  demonstrated: boolean
  remedyHolds: boolean
  behind: string[]
  /** Whether more rounds could decide what is still open. */
  undecided: boolean
}

const arms: readonly Arm[] = ['control', 'failure', 'remedy']

export function judge(
  metrics: Record<string, Metric>,
  measured: Measurements,
  seed: number,
): Judgement {
  const behind = measured.loads ? loadsBehind(measured.loads) : []
  const checked = checkBounds(metrics, measured, seed)
  // What a load that fell behind measured says nothing, and further rounds don't mend it.
  const bounds = behind.length === 0 ? checked : checked.map(inconclusive)
  const landed = checkLanding(measured.landings, seed)
  const met = (arm: Arm) => bounds.every((bound) => bound.arm !== arm || bound.outcome === 'met')
  return {
    landed,
    probe: {
      asked: String(measured.landings[0]?.asked),
      measured: probeFigure(measured.landings),
      measuredInControl: probeFigure(measured.baseline),
    },
    bounds,
    arms: {
      control: { metrics: summarise(metrics, measured.arms.control, seed) },
      failure: { metrics: summarise(metrics, measured.arms.failure, seed) },
      remedy: { metrics: summarise(metrics, measured.arms.remedy, seed) },
    },
    demonstrated: behind.length === 0 && landed === 'confirmed' && met('control') && met('failure'),
    remedyHolds: behind.length === 0 && met('remedy'),
    behind,
    undecided:
      behind.length === 0 &&
      (landed === 'inconclusive' || bounds.some(({ outcome }) => outcome === 'inconclusive')),
  }
}

function inconclusive(bound: CheckedBound): CheckedBound {
  return { ...bound, outcome: 'inconclusive' }
}

/** Every bound of every arm against what that arm measured. */
export function checkBounds(
  metrics: Record<string, Metric>,
  measured: Pick<Measurements, 'arms'>,
  seed: number,
): CheckedBound[] {
  return Object.entries(metrics).flatMap(([name, metric]) => {
    const control = column(measured.arms.control, name)
    return arms.flatMap((arm): CheckedBound[] => {
      const bound = metric[arm]
      if (bound === undefined) return []
      const span = parseBound(bound)
      const figures = column(measured.arms[arm], name)
      const { value, interval } = span.relative
        ? relativeFigure(metric, figures, control, seed)
        : absoluteFigure(metric, figures, seed)
      const outcome = canDecide(metric, figures) ? checkInterval(span, interval) : 'inconclusive'
      return [{ arm, metric: name, bound, value, interval, outcome }]
    })
  })
}

/** A count is exact; of a measure, one round says nothing of how far another would be from it. */
function canDecide(metric: Metric, figures: readonly number[]): boolean {
  return kindOf(metric) === 'count' || figures.length > 1
}

function absoluteFigure(
  metric: Metric,
  figures: number[],
  seed: number,
): Pick<MeasuredMetric, 'value' | 'interval'> {
  if (kindOf(metric) === 'measure') {
    return {
      value: mean(figures),
      interval: intervalOfMean(figures, createRandom(seed, 'bootstrap')),
    }
  }
  return exactly(total(figures))
}

function relativeFigure(metric: Metric, figures: number[], control: number[], seed: number) {
  if (kindOf(metric) === 'count') return exactly(ratio(total(figures), total(control)))
  const [low, high] = intervalOfRatio(figures, control, createRandom(seed, 'bootstrap'))
  const interval: [number, number] = [finite(low), finite(high)]
  return { value: finite(ratio(mean(figures), mean(control))), interval }
}

function finite(figure: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, figure))
}

/** JSON has no infinity: something against nothing is kept as the largest number that there is. */
function exactly(figure: number): Pick<MeasuredMetric, 'value' | 'interval'> {
  const value = finite(figure)
  return { value, interval: [value, value] }
}

function summarise(
  metrics: Record<string, Metric>,
  rounds: Record<string, number>[],
  seed: number,
): Record<string, MeasuredMetric> {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, metric]) => {
      const figures = column(rounds, name)
      return [name, { ...absoluteFigure(metric, figures, seed), rounds: figures }]
    }),
  )
}

/**
 * A bound is asked of the total over the rounds, which is exact. A number is asked of every round: the interval of
 * the mean deviation wholly within the tolerance confirms it, wholly outside is a mismatch, astride decides nothing.
 */
export function checkLanding(landings: readonly Landing[], seed: number): RunRecord['landed'] {
  const [first] = landings
  if (first === undefined) return 'mismatch'
  if (!('within' in first)) {
    const figure = probeFigure(landings)
    return words[checkInterval(parseBound(first.asked), [figure, figure])]
  }
  const deviations = landings.map(({ asked, measured }) => measured - Number(asked))
  const interval = intervalOfMean(deviations, createRandom(seed, 'landing'))
  return words[checkInterval(spanBetween(-first.within, first.within), interval)]
}

const words: Record<BoundOutcome, RunRecord['landed']> = {
  met: 'confirmed',
  'not met': 'mismatch',
  inconclusive: 'inconclusive',
}

function probeFigure(landings: readonly Landing[]): number {
  const figures = landings.map(({ measured }) => measured)
  return landings.some((landing) => 'within' in landing) ? mean(figures) : total(figures)
}

function column(rounds: readonly Record<string, number>[], name: string): number[] {
  return rounds.map((round) => round[name] ?? Number.NaN)
}

function total(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0)
}
