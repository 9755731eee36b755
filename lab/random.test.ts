import { expect, test } from 'vitest'
import { createRandom } from './random.ts'

const ten = (...key: [number, ...(string | number)[]]) => {
  const random = createRandom(...key)
  return Array.from({ length: 10 }, () => random.integer(1, 1_000))
}

test('one seed, one sequence; another seed or label, another', () => {
  expect(ten(7, 'load')).toEqual(ten(7, 'load'))
  expect(ten(8, 'load')).not.toEqual(ten(7, 'load'))
  expect(ten(7, 'order')).not.toEqual(ten(7, 'load'))
})

test('picks every item and nothing else', () => {
  const random = createRandom(1)
  const picked = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))
  expect([...picked].sort()).toEqual(['a', 'b', 'c'])
})
