import { expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { intervalOfMean, intervalOfRatio, mean, ratio } from './bootstrap.ts'

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
