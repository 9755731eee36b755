import type { BoundOutcome } from '../api-types.ts'

type Comparison = '>' | '>=' | '<' | '<=' | '='

/** A bound on a figure: `'> 0'`, `'= 0'`, `'0.5 to 2'`. */
export type AbsoluteBound = `${Comparison} ${number}` | `${number} to ${number}`

/** A bound on a figure's ratio to control's: `'<= 0.8x control'`, `'0.9 to 1.1x control'`. */
export type RelativeBound = `${Comparison} ${number}x control` | `${number} to ${number}x control`

/** Bounds are data: the verdict, the page, the docs and the dashboards all read the same ones. */
export type Bound = AbsoluteBound | RelativeBound

/** A bound, taken apart: a span of allowed figures, each end within it or just outside. */
export type Span = {
  low: number
  lowIncluded: boolean
  high: number
  highIncluded: boolean
  /** Whether the span is of ratios to control. */
  relative: boolean
}

const comparison = /^(>=|<=|>|<|=) (-?\d+(?:\.\d+)?)(x control)?$/
const range = /^(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)(x control)?$/

/** @throws RangeError when the text is not a bound, which the registry's check turns up at start. */
export function parseBound(bound: Bound): Span {
  const compared = comparison.exec(bound)
  if (compared) return spanOf(compared[1] as Comparison, Number(compared[2]), !!compared[3])
  const ranged = range.exec(bound)
  if (!ranged) throw new RangeError(`'${bound}' is not a bound such as '> 0' or '<= 0.8x control'`)
  return { ...spanBetween(Number(ranged[1]), Number(ranged[2])), relative: !!ranged[3] }
}

/** From `low` to `high`, both allowed. */
export function spanBetween(low: number, high: number): Span {
  return { low, lowIncluded: true, high, highIncluded: true, relative: false }
}

/** Interval wholly inside the bound: met; wholly outside: not met; astride: inconclusive. */
export function checkInterval(span: Span, [low, high]: readonly [number, number]): BoundOutcome {
  if (contains(span, low) && contains(span, high)) return 'met'
  const below = span.lowIncluded ? high < span.low : high <= span.low
  const above = span.highIncluded ? low > span.high : low >= span.high
  return below || above ? 'not met' : 'inconclusive'
}

function contains(span: Span, figure: number): boolean {
  const aboveLow = span.lowIncluded ? figure >= span.low : figure > span.low
  const belowHigh = span.highIncluded ? figure <= span.high : figure < span.high
  return aboveLow && belowHigh
}

function spanOf(comparison: Comparison, figure: number, relative: boolean): Span {
  const unbounded = { low: -Infinity, lowIncluded: true, high: Infinity, highIncluded: true }
  switch (comparison) {
    case '>':
      return { ...unbounded, low: figure, lowIncluded: false, relative }
    case '>=':
      return { ...unbounded, low: figure, relative }
    case '<':
      return { ...unbounded, high: figure, highIncluded: false, relative }
    case '<=':
      return { ...unbounded, high: figure, relative }
    case '=':
      return { ...unbounded, low: figure, high: figure, relative }
  }
}
