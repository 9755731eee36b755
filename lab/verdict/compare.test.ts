import { expect, test } from 'vitest'
import { exampleRecord } from '../testing/record.ts'
import { compareRuns } from './compare.ts'

const first = exampleRecord()
const slower = exampleRecord({
  id: 'f0e1d2c3-0000-4000-8000-000000000002',
  seed: 8,
  parameters: { writers: 32 },
  versions: { lab: '0.2.0', node: '26.10.0' },
  arms: {
    ...first.arms,
    remedy: {
      metrics: {
        ...first.arms.remedy.metrics,
        goodput: { value: 400, interval: [390, 410], rounds: [390, 400, 410] },
      },
    },
  },
})

test('says first what was not the same, then which figures differ', () => {
  const comparison = compareRuns(first, slower)
  expect(comparison.conditions).toEqual([
    { what: 'parameter writers', values: ['16', '32'] },
    { what: 'seed', values: ['7', '8'] },
    { what: 'version of lab', values: ['"0.1.0"', '"0.2.0"'] },
  ])
  const of = (arm: string, metric: string) =>
    comparison.metrics.find((one) => one.arm === arm && one.metric === metric)
  expect(of('remedy', 'goodput')).toMatchObject({
    outcome: 'differs',
    difference: -303.33333333333337,
  })
  expect(of('remedy', 'goodput')?.interval[1]).toBeLessThan(0)
  expect(of('control', 'goodput')).toMatchObject({ outcome: 'no difference shown', difference: 0 })
  expect(of('failure', 'killed')).toMatchObject({ outcome: 'no difference shown' })
})

test('counts are compared per round, so that a longer run is not a worse one', () => {
  const { failure } = first.arms
  const killed = { value: 14, interval: [14, 14] as [number, number], rounds: [3, 2, 2, 2, 3, 2] }
  const longer = exampleRecord({
    rounds: 6,
    arms: { ...first.arms, failure: { metrics: { ...failure.metrics, killed } } },
  })
  const compared = compareRuns(first, longer).metrics.find(({ metric }) => metric === 'killed')
  expect(compared).toMatchObject({ outcome: 'no difference shown' })
})

test('a single round shows no difference, whatever it is', () => {
  const once = (killed: number) =>
    exampleRecord({
      arms: {
        control: {
          metrics: { killed: { value: killed, interval: [killed, killed], rounds: [killed] } },
        },
        failure: { metrics: {} },
        remedy: { metrics: {} },
      },
    })
  expect(compareRuns(once(0), once(9)).metrics).toMatchObject([{ outcome: 'too few rounds' }])
})

test('only runs of one scenario compare', () => {
  const other = exampleRecord({ name: 'missing-index' })
  expect(() => compareRuns(first, other)).toThrow('only runs of one scenario compare')
})
