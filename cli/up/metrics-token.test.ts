import { afterEach, expect, test, vi } from 'vitest'
import { metricsTokenFromEnvironment } from './metrics-token.ts'

afterEach(() => vi.unstubAllEnvs())

test('the token of who reads the metrics is one that nobody guesses, and that a header can hold', () => {
  const read = (token: string) => {
    vi.stubEnv('METRICS_TOKEN', token)
    return metricsTokenFromEnvironment()
  }
  expect(read('')).toBeUndefined()
  expect(read('0123456789abcdef01234567')).toBe('0123456789abcdef01234567')
  for (const token of ['short', '0123456789abcdef0123456 ', '0123456789abcdef0123456é']) {
    expect(() => read(token)).toThrow('METRICS_TOKEN is not a token')
  }
})
