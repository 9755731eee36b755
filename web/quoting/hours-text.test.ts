import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hoursText, readHours } from './hours-text.ts'

test('what is written for a time is read as that time', () => {
  fc.assert(
    fc.property(fc.option(fc.integer({ min: 1, max: 6_000_000 })), (minutes) => {
      expect(readHours(hoursText(minutes))).toEqual({ ok: true, value: minutes })
    }),
  )
})

test('no text makes it throw or read anything but whole minutes above zero, or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const reading = readHours(text)
      if (reading.ok && reading.value !== null) {
        expect(Number.isSafeInteger(reading.value)).toBe(true)
        expect(reading.value).toBeGreaterThan(0)
      }
    }),
  )
})

test.each([
  ['7:30', 450],
  ['7.5', 450],
  ['7,5', 450],
  ['0.1', 6],
  ['7 h 30 min', 450],
  ['7h30m', 450],
  ['45 min', 45],
  ['8', 480],
  ['8h', 480],
  [' ', null],
])('“%s” is %s minutes', (text, value) => {
  expect(readHours(text)).toEqual({ ok: true, value })
})

test.each(['7:60', '7.33', '0', '-1', 'two', '7:5', '1e2', '999999'])('“%s” is refused', (text) => {
  expect(readHours(text).ok).toBe(false)
})
