import { expect, test } from 'vitest'
import { flagOf, partAssignments, partParameterFlags } from './parameter-flags.ts'

test('parts names from parameters, however these are given', () => {
  const words = ['deadlock', '--writers', '8', '--deadlock-timeout-ms=50', 'missing-index']
  expect(partParameterFlags(words)).toEqual({
    names: ['deadlock', 'missing-index'],
    parameters: { writers: '8', deadlockTimeoutMs: '50' },
  })
  expect(partAssignments(['writers=8', 'note=a=b'])).toEqual({ writers: '8', note: 'a=b' })
})

test('a flag is the parameter’s name in kebab-case', () => {
  expect(flagOf('deadlockTimeoutMs')).toBe('--deadlock-timeout-ms')
})

test('a value that is missing is asked for', () => {
  expect(() => partParameterFlags(['deadlock', '--writers'])).toThrow('--writers needs a value')
  expect(() => partAssignments(['writers'])).toThrow('give it as name=value')
})
