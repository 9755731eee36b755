import { expect, test } from 'vitest'
import type { CheckedBound } from '../api-types.ts'
import { describeVerdict, figure, verdictOf } from './words.ts'

const bound = (arm: CheckedBound['arm'], outcome: CheckedBound['outcome']): CheckedBound => ({
  arm,
  metric: 'goodput',
  bound: '>= 0.5x control',
  value: 0.41234,
  interval: [0.4, 0.6],
  outcome,
})

const findings = {
  landed: 'confirmed' as const,
  demonstrated: true,
  remedyHolds: true,
  restored: true,
  recoveryMs: 12,
  probe: { asked: '> 0', measured: 17, measuredInControl: 0 },
  bounds: [bound('remedy', 'met')],
}

test.each([
  ['as hypothesised', {}],
  ['not landed', { landed: 'mismatch' as const, demonstrated: false }],
  ['not demonstrated', { demonstrated: false, bounds: [bound('failure', 'not met')] }],
  ['not demonstrated', { demonstrated: false, bounds: [bound('control', 'not met')] }],
  ['remedy fails', { remedyHolds: false, bounds: [bound('remedy', 'not met')] }],
  ['inconclusive', { remedyHolds: false, bounds: [bound('remedy', 'inconclusive')] }],
  ['inconclusive', { demonstrated: false, landed: 'inconclusive' as const }],
  ['not restored', { restored: false }],
])('%s is the first thing that is not as hypothesised: %j', (verdict, found) => {
  expect(verdictOf({ ...findings, ...found })).toBe(verdict)
})

test('says in sentences what was found, with the figures of what is not as it should be', () => {
  const metrics = { goodput: { unit: '1/s', help: '' } }
  const open = { remedyHolds: false, bounds: [bound('remedy', 'inconclusive')] }
  expect(describeVerdict({ metrics }, { ...findings, ...open })).toEqual([
    'The fault landed: asked for > 0, the independent probe measured 17 (in control 0).',
    'The failure is demonstrated.',
    'The remedy is not shown to hold.',
    'Afterwards control was as before, 12 ms after the rollback.',
    'goodput in remedy should be >= 0.5x control and was 0.412x control (95 %: 0.4 to 0.6): inconclusive.',
  ])
})

test('figures have three digits, counts all of theirs', () => {
  expect([0.123456, 1234.5, 40_321].map(figure)).toEqual(['0.123', '1230', '40321'])
})
