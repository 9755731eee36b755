import { expect, test } from 'vitest'
import { normalBelow, studentQuantile } from './distributions.ts'

// Printed tables of Student's t.
test.each([
  [0.975, 1, 12.7062],
  [0.975, 2, 4.3027],
  [0.975, 4, 2.7764],
  [0.995, 4, 4.6041],
  [0.975, 9, 2.2622],
  [0.995, 14, 2.9768],
  [0.975, 49, 2.0096],
])('t of %d with %i degrees of freedom is %d', (share, degrees, quantile) => {
  expect(studentQuantile(share, degrees)).toBeCloseTo(quantile, 4)
})

test.each([
  [0, 0.5],
  [1.959964, 0.975],
  [-1.959964, 0.025],
  [-3.1, 0.000968],
  [-18, 0],
])('a standard normal stays below %d with probability %d', (z, share) => {
  expect(normalBelow(z)).toBeCloseTo(share, 5)
})
