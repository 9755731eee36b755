import type { ParametersSchema } from '@pet/lab/api-types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limitsOf, parameterFields, readParameters } from './parameter-fields.ts'

const schema: ParametersSchema = {
  type: 'object',
  properties: {
    writers: { type: 'integer', minimum: 2, maximum: 64, default: 16, description: 'At once' },
    delayMs: { type: 'number', minimum: 0.5, default: 40 },
    isolation: {
      type: 'string',
      enum: ['read committed', 'serializable'],
      default: 'serializable',
    },
    cold: { type: 'boolean', default: false },
  },
}

test('the form starts with the defaults, and they read as the schema gave them', () => {
  expect(readParameters(parameterFields(schema), {})).toEqual({
    ok: true,
    parameters: { writers: 16, delayMs: 40, isolation: 'serializable', cold: false },
  })
})

test('labels are words, with the unit behind them', () => {
  expect(parameterFields(schema).map((field) => field.label)).toEqual([
    'Writers',
    'Delay (ms)',
    'Isolation',
    'Cold',
  ])
})

test('a number is taken exactly when it keeps the limits of the schema', () => {
  const fields = parameterFields(schema)
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.integer({ min: 0, max: 80 })), (writers) => {
      const reading = readParameters(fields, { writers: String(writers) })
      expect(reading.ok).toBe(writers >= 2 && writers <= 64)
      if (reading.ok) expect(reading.parameters['writers']).toBe(writers)
    }),
  )
})

test('everything that is wrong is said at once, and names the limit', () => {
  const texts = { writers: '100000', delayMs: 'soon' }
  expect(readParameters(parameterFields(schema), texts)).toEqual({
    ok: false,
    errors: { writers: 'The limit is 2 to 64', delayMs: 'Write a number' },
  })
})

test('limits are said in words', () => {
  expect(parameterFields(schema).map(limitsOf)).toEqual(['2 to 64', 'at least 0.5', '', ''])
})
