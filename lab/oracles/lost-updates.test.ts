import { describe, expect, test } from 'vitest'
import { historyOf, type Plain } from '../testing/histories.ts'
import { countAnomalies, printAnomaly } from './anomaly.ts'
import { findLostUpdates } from './lost-updates.ts'

const bothRead = (value: unknown): Plain[] => [
  { process: 'anna', transaction: '1', kind: 'read', of: 'register', value, at: [0, 4] },
  { process: 'ben', transaction: '2', kind: 'read', of: 'register', value, at: [0.31, 5] },
]
const annaWrites: Plain = {
  process: 'anna',
  transaction: '1',
  kind: 'write',
  value: 'a',
  at: [0, 4],
}
const benWrites: Plain = {
  process: 'ben',
  transaction: '2',
  kind: 'write',
  value: 'b',
  at: [0.31, 5],
}
const add = (by: number, at: Plain['at'] = [0, 1]): Plain => ({
  ...{ process: 'anna', kind: 'increment', by, at },
})

describe('a lost update', () => {
  test('is two transactions that read one version and wrote, printed with its witness', () => {
    const found = findLostUpdates(historyOf([...bothRead('v1'), annaWrites, benWrites]))
    expect(found.map(printAnomaly)).toEqual([
      [
        'lost update on budget: anna and ben both read "v1" and wrote, one over the other',
        '  #0 anna reads "v1" (0 to 4 ms, transaction 1)',
        '  #1 ben reads "v1" (0.3 to 5 ms, transaction 2)',
        '  #2 anna writes "a" (0 to 4 ms, transaction 1)',
        '  #3 ben writes "b" (0.3 to 5 ms, transaction 2)',
      ].join('\n'),
    ])
  })

  test('is found though a write that failed had the same value', () => {
    const failed: Plain = {
      process: 'cleo',
      kind: 'write',
      value: 'v1',
      at: [0, 1],
      outcome: 'failed',
    }
    const history = historyOf([...bothRead('v1'), annaWrites, benWrites, failed], { budget: 'v1' })
    expect(findLostUpdates(history)).toHaveLength(1)
  })

  test('is what acknowledged increments add up to and the final state lacks: the fewest that show it', () => {
    const history = historyOf([add(15), add(60), add(30), add(45)], { budget: 100 })
    const found = findLostUpdates(history, { budget: 180 })
    expect(found).toMatchObject([
      { sentence: '250 was acknowledged, and 180 is there: 70 at least is lost', count: 2 },
    ])
    expect(found[0]?.witness.map((each) => each.kind === 'increment' && each.by)).toEqual([60, 45])
    expect(countAnomalies(found)).toBe(2)
  })

  test('is an acknowledged element that is not there', () => {
    const append: Plain = { process: 'anna', kind: 'append', value: 'entry 7', at: [0, 1] }
    expect(findLostUpdates(historyOf([append]), { budget: ['entry 6'] })).toMatchObject([
      { sentence: '"entry 7" was acknowledged and is not there', witness: [{ index: 0 }] },
    ])
  })

  test.each<[string, Plain[], object?, object?]>([
    [
      'one of the two was rolled back',
      [...bothRead('v1'), annaWrites, { ...benWrites, outcome: 'failed' }],
    ],
    ['nobody knows of one', [...bothRead('v1'), annaWrites, { ...benWrites, at: [0] }]],
    [
      'the second read what the first wrote',
      [
        ...bothRead('v1').slice(0, 1),
        annaWrites,
        { process: 'ben', transaction: '2', kind: 'read', of: 'register', value: 'a', at: [5, 9] },
        { ...benWrites, at: [5, 9] },
      ],
    ],
    [
      'the value came back in between, so that there were two versions of it',
      [
        ...bothRead(100),
        { ...annaWrites, value: 130 },
        { process: 'cleo', kind: 'write', value: 100, at: [4, 5] },
        benWrites,
      ],
      {},
      { budget: 100 },
    ],
    ['an increment of unknown outcome came to nothing', [add(5), add(7, [0])], { budget: 5 }],
    ['or was done all the same', [add(5), add(7, [0])], { budget: 12 }],
    ['the final state does not speak of it', [add(5)], {}],
    [
      'an element was never acknowledged',
      [
        { process: 'anna', kind: 'append', value: 1, at: [0] },
        { process: 'anna', kind: 'append', value: 2, at: [0, 1], outcome: 'failed' },
      ],
      { budget: [] },
    ],
    [
      'two writes overlapped, and either may be the last',
      [
        { process: 'anna', kind: 'write', value: 'a', at: [0, 3] },
        { process: 'ben', kind: 'write', value: 'b', at: [1, 2] },
      ],
      { budget: 'b' },
    ],
  ])('is not found where %s', (_, operations, finalState = {}, initial = {}) => {
    expect(findLostUpdates(historyOf(operations, { ...initial }), { ...finalState })).toEqual([])
  })
})
