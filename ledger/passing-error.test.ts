import { expect, test } from 'vitest'
import { isPassing } from './passing-error.ts'

const withCode = (code: string): Error => Object.assign(new Error('failed'), { code })

// A projection stopped for good when the name of a database that failed over could not be looked up for a moment.
test.for(['57P01', '08006', '40P01', '53300', '25P03', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])(
  '%s passes',
  (code) => {
    expect(isPassing(withCode(code))).toBe(true)
    expect(isPassing(new Error('The mail could not be queued', { cause: withCode(code) }))).toBe(
      true,
    )
  },
)

test.for(['23505', '42501', '57014', '22P02'])('%s does not', (code) => {
  expect(isPassing(withCode(code))).toBe(false)
  expect(isPassing(new Error('failed', { cause: withCode(code) }))).toBe(false)
})

test('what is no error does not pass', () => {
  for (const thrown of [undefined, null, '57P01', { code: '57P01' }]) {
    expect(isPassing(thrown)).toBe(false)
  }
})
