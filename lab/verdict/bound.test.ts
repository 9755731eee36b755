import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkInterval, parseBound, type Bound } from './bound.ts'

describe('a bound', () => {
  test.each<[Bound, [number, number], string]>([
    ['> 0', [1, 1], 'met'],
    ['> 0', [0, 0], 'not met'],
    ['> 0', [0, 2], 'inconclusive'],
    ['= 0', [0, 0], 'met'],
    ['= 0', [0, 1], 'inconclusive'],
    ['= 0', [1, 1], 'not met'],
    ['<= 0.8x control', [0.2, 0.8], 'met'],
    ['<= 0.8x control', [0.7, 0.9], 'inconclusive'],
    ['< 1', [1, 2], 'not met'],
    ['>= 3x control', [1, 2.9], 'not met'],
    ['57 to 69', [60, 66], 'met'],
    ['57 to 69', [50, 60], 'inconclusive'],
    ['0.9 to 1.1x control', [1.2, 1.4], 'not met'],
  ])('%s of %j is %s', (bound, interval, outcome) => {
    expect(checkInterval(parseBound(bound), interval)).toBe(outcome)
  })

  test('says whether it is relative to control', () => {
    expect(parseBound('> 0').relative).toBe(false)
    expect(parseBound('>= 3x control').relative).toBe(true)
  })

  test('that is none is refused with an example', () => {
    expect(() => parseBound('about 3' as Bound)).toThrow("'about 3' is not a bound such as '> 0'")
  })

  test('is never both met and not met: narrowing an interval keeps what it decided', () => {
    const figure = fc.integer({ min: -5, max: 5 })
    fc.assert(
      fc.property(figure, figure, figure, (limit, a, b) => {
        const interval = [Math.min(a, b), Math.max(a, b)] as const
        const span = parseBound(`>= ${limit}`)
        const outcome = checkInterval(span, interval)
        const ends = interval.map((end) => checkInterval(span, [end, end]))
        if (outcome !== 'inconclusive') expect(ends).toEqual([outcome, outcome])
        else expect(new Set(ends)).toEqual(new Set(['met', 'not met']))
      }),
    )
  })
})
