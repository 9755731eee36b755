import { expect, test } from 'vitest'
import { isSteady } from '../run/steady-state.ts'
import { createRandom } from '../random.ts'
import { predictNext } from './prediction.ts'

test('one more round of the same lies within, nearly always', () => {
  const random = createRandom(11, 'prediction')
  const round = () => Math.exp(random.fraction() + random.fraction() + random.fraction())
  const within = Array.from({ length: 300 }, () => {
    const [low, high] = predictNext(Array.from({ length: 5 }, round))
    const next = round()
    return low <= next && next <= high
  }).filter(Boolean).length
  expect(within).toBeGreaterThan(285)
})

test('another state lies outside', () => {
  const [low, high] = predictNext([100, 104, 97, 101, 99])
  expect(low).toBeGreaterThan(85)
  expect(high).toBeLessThan(118)
})

test('rounds that do not differ leave a tenth either way; a rate of nothing is outside', () => {
  const [low, high] = predictNext([100, 100, 100])
  expect(low).toBeCloseTo(100 / 1.1)
  expect(high).toBeCloseTo(110)
  expect(predictNext([50, 200])[0]).toBeGreaterThan(0)
  expect(predictNext([0, 0, 0])).toEqual([0, 0])
})

test('a single round says nothing of another', () => {
  expect(predictNext([5])).toEqual([-Infinity, Infinity])
})

test('control is steady when it keeps its bound and is what its rounds let expect', () => {
  const goodput = { unit: '1/s', help: '' }
  const rounds = [100, 104, 97, 101, 99]
  expect(isSteady(goodput, 103, rounds)).toBe(true)
  expect(isSteady(goodput, 60, rounds)).toBe(false)
  expect(isSteady(goodput, Number.NaN, rounds)).toBe(false)
  expect(isSteady({ ...goodput, control: '>= 102' }, 101, rounds)).toBe(false)
  expect(isSteady({ unit: '1', help: '', control: '= 0' }, 1, [0, 0])).toBe(false)
  expect(isSteady({ unit: '1', help: '' }, 7, [0, 0])).toBe(true)
})
