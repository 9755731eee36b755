import { describe, expect, test } from 'vitest'
import type { Metric } from '../scenario.ts'
import { checkLanding, judge, type Measurements } from './judge.ts'

const metrics = {
  undone: { unit: '1', help: '', control: '= 0', failure: '> 0', remedy: '= 0' },
  goodput: { unit: '1/s', help: '', failure: '<= 0.8x control', remedy: '>= 0.5x control' },
} satisfies Record<string, Metric>

const rounds = (undone: number[], goodput: number[]) =>
  undone.map((count, round) => ({ undone: count, goodput: goodput[round] ?? 0 }))

const measured: Measurements = {
  arms: {
    control: rounds([0, 0, 0], [100, 90, 110]),
    failure: rounds([0, 2, 0], [40, 38, 45]),
    remedy: rounds([0, 0, 0], [90, 85, 100]),
  },
  landings: [
    { asked: '> 0', measured: 0 },
    { asked: '> 0', measured: 2 },
  ],
  baseline: [{ asked: '> 0', measured: 0 }],
}

describe('a judgement', () => {
  test('finds a failure demonstrated and its remedy holding', () => {
    expect(judge(metrics, measured, 1)).toMatchObject({
      landed: 'confirmed',
      probe: { asked: '> 0', measured: 2, measuredInControl: 0 },
      demonstrated: true,
      remedyHolds: true,
      undecided: false,
    })
  })

  test('counts are exact: one in one round is enough, and one too many as well', () => {
    const remedy = rounds([0, 1, 0], [90, 85, 100])
    const result = judge(metrics, { ...measured, arms: { ...measured.arms, remedy } }, 1)
    expect(result.remedyHolds).toBe(false)
    expect(result.bounds.find(({ outcome }) => outcome !== 'met')).toMatchObject({
      arm: 'remedy',
      metric: 'undone',
      value: 1,
      interval: [1, 1],
      outcome: 'not met',
    })
  })

  test('a measure astride its bound is undecided', () => {
    const remedy = rounds([0, 0, 0], [20, 90, 30])
    const result = judge(metrics, { ...measured, arms: { ...measured.arms, remedy } }, 1)
    expect(result).toMatchObject({ remedyHolds: false, undecided: true })
  })

  test('concludes nothing from a fault that did not land', () => {
    const landings = [{ asked: '> 0' as const, measured: 0 }]
    const result = judge(metrics, { ...measured, landings }, 1)
    expect(result).toMatchObject({ landed: 'mismatch', demonstrated: false })
  })

  test('concludes nothing when control itself is not steady', () => {
    const control = rounds([1, 0, 0], [100, 90, 110])
    const result = judge(metrics, { ...measured, arms: { ...measured.arms, control } }, 1)
    expect(result.demonstrated).toBe(false)
  })
})

test('a measure of a single round decides nothing, a count does', () => {
  const { arms } = measured
  const once = {
    control: arms.control.slice(0, 1),
    failure: arms.failure.slice(1, 2),
    remedy: arms.remedy.slice(0, 1),
  }
  const { bounds, undecided } = judge(metrics, { ...measured, arms: once }, 1)
  expect(undecided).toBe(true)
  expect(bounds.map(({ metric, outcome }) => `${metric} ${outcome}`)).toEqual([
    'undone met',
    'undone met',
    'undone met',
    'goodput inconclusive',
    'goodput inconclusive',
  ])
})

test('something against nothing is kept as a number that JSON can hold', () => {
  const relative = { lost: { unit: '1', help: '', failure: '> 2x control' } } as const
  const lost = (count: number) => [{ lost: count }, { lost: count }]
  const arms = { control: lost(0), failure: lost(4), remedy: lost(0) }
  const [bound] = judge(relative, { ...measured, arms }, 1).bounds
  expect(JSON.parse(JSON.stringify(bound))).toMatchObject({
    outcome: 'met',
    value: Number.MAX_VALUE,
  })
})

test.each([
  ['confirmed', [40.3, 39.9]],
  ['confirmed', [40.3, 40.4, 40.2, 40.1, 40.3, 40.2, 40.4, 40.1, 40.3, 41.2]],
  ['inconclusive', [40.3, 55]],
  ['mismatch', [0.1]],
  ['mismatch', [43, 47, 52]],
  ['mismatch', []],
] as const)('a delay of 40 ± 1 ms is %s when the rounds measure %j', (landed, rounds) => {
  const landings = rounds.map((measured) => ({ asked: 40, measured, within: 1 }))
  expect(checkLanding(landings, 1)).toBe(landed)
})
