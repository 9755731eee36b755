import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { intervalOfDifference, intervalOfMean, intervalOfRatio, mean, ratio } from './bootstrap.ts'

test('the same rounds always give the same interval', () => {
  const rounds = [9, 11, 10, 12, 8]
  expect(intervalOfMean(rounds, createRandom(7))).toEqual(intervalOfMean(rounds, createRandom(7)))
})

test('equal rounds leave no doubt', () => {
  expect(intervalOfMean([4, 4, 4], createRandom(1))).toEqual([4, 4])
})

test('the interval of a mean covers it about as often as it says', () => {
  const random = createRandom(3, 'coverage')
  const covered = Array.from({ length: 200 }, () => {
    const rounds = Array.from({ length: 20 }, () => random.fraction())
    const [low, high] = intervalOfMean(rounds, random)
    return low <= 0.5 && 0.5 <= high
  }).filter(Boolean).length
  expect(covered).toBeGreaterThan(170)
})

test('rounds are paired: drift that falls on all arms alike cancels in the ratio', () => {
  const control = [100, 50, 200, 80]
  const half = control.map((value) => value / 2)
  expect(intervalOfRatio(half, control, createRandom(1))).toEqual([0.5, 0.5])
})

test('a ratio to nothing', () => {
  expect(ratio(0, 0)).toBe(1)
  expect(ratio(3, 0)).toBe(Infinity)
  expect(mean([1, 2, 3])).toBe(2)
})

test('few rounds give an interval as wide as they are, many a narrower one', () => {
  expect(intervalOfMean([1, 3], createRandom(1))).toEqual([1, 3])
  const many = Array.from({ length: 50 }, (_, round) => (round % 2 === 0 ? 1 : 3))
  const [low, high] = intervalOfMean(many, createRandom(1))
  expect(low).toBeGreaterThan(1.5)
  expect(high).toBeLessThan(2.5)
})

test('the interval of five rounds covers their mean nearly as often as it says', () => {
  const random = createRandom(5, 'coverage')
  const covered = Array.from({ length: 200 }, () => {
    const rounds = Array.from({ length: 5 }, () => random.fraction())
    const [low, high] = intervalOfMean(rounds, random)
    return low <= 0.5 && 0.5 <= high
  }).filter(Boolean).length
  expect(covered).toBeGreaterThan(170) // the plain percentiles reach 160 or so
})

test('a difference that is there has an interval that excludes nothing', () => {
  const [low] = intervalOfDifference([10, 11, 12], [1, 2, 3], createRandom(1))
  expect(low).toBeGreaterThan(0)
  const [below, above] = intervalOfDifference([1, 2, 3], [3, 2, 1], createRandom(1))
  expect(below < 0 && above > 0).toBe(true)
})
