import { expect, test } from 'vitest'
import { formatDuration, formatFigure, formatInterval } from './format-figure.ts'

test.each([
  [80, '1', '80'],
  [412.7261, '1/s', '412.7 /s'],
  [40.25, 'ms', '40.25 ms'],
  [6, '{step}', '6'],
  [12_345, '{transfer}/s', '12,345 /s'],
])('%d in %s reads %s', (value, unit, text) => {
  expect(formatFigure(value, unit)).toBe(text)
})

test('an exact value has no interval around it', () => {
  expect(formatInterval([80, 80])).toBe('')
  expect(formatInterval([937.21, 1241])).toBe('937.2 – 1,241')
})

test.each([
  [420, '420 ms'],
  [12_345, '12.3 s'],
  [59_990, '60.0 s'],
  [119_900, '2 min 0 s'],
])('%d ms reads %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text)
})
