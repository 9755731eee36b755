import { describe, expect, test } from 'vitest'
import { historyOf, type Plain } from '../testing/histories.ts'
import { printAnomaly } from './anomaly.ts'
import { findStaleReads } from './stale-reads.ts'

const write = (value: unknown, at: Plain['at']): Plain => ({
  ...{ process: 'anna', kind: 'write', value, at },
})
const read = (of: string, value: unknown, at: Plain['at'], more: object = {}): Plain => ({
  ...{ process: 'ben', kind: 'read', of, value, at, ...more },
})

describe('a stale read', () => {
  test('shows what was replaced before it began, printed with its witness', () => {
    const history = historyOf([
      write('open', [0, 1]),
      write('paused', [2, 3]),
      write('closed', [4, 9]),
      read('register', 'open', [5, 6]),
    ])
    expect(findStaleReads(history).map(printAnomaly)).toEqual([
      [
        'stale read on budget: ben read "open" after "paused" had been acknowledged',
        '  #0 anna writes "open" (0 to 1 ms)',
        '  #1 anna writes "paused" (2 to 3 ms)',
        '  #3 ben reads "open" (5 to 6 ms)',
      ].join('\n'),
    ])
  })

  test('of the initial value needs no write that made it', () => {
    const history = historyOf([write('b', [0, 1]), read('register', 'a', [2, 3])], { budget: 'a' })
    expect(findStaleReads(history)).toMatchObject([{ witness: [{ index: 0 }, { index: 1 }] }])
  })

  test.each<[string, Plain[], object?]>([
    [
      'the write was not acknowledged yet',
      [write('b', [0, 5]), read('register', 'a', [4, 6])],
      { budget: 'a' },
    ],
    [
      'the write failed',
      [write('b', [0, 1]), read('register', 'a', [2, 3])].map((each, index) =>
        index === 0 ? { ...each, outcome: 'failed' } : each,
      ),
      { budget: 'a' },
    ],
    [
      'the old value may have been written anew, late',
      [write('a', [0]), write('b', [1, 2]), read('register', 'a', [3, 4])],
    ],
    [
      'nobody is known to have written what was read',
      [write('b', [1, 2]), read('register', 'x', [3, 4])],
    ],
    [
      'the transaction began before',
      [write('b', [3, 4]), read('register', 'a', [0, 9], { transaction: '1' })],
      { budget: 'a' },
    ],
    [
      'what was read is of a write that failed: that is another anomaly',
      [
        { ...write('a', [0, 1]), outcome: 'failed' },
        write('b', [2, 3]),
        read('register', 'a', [4, 5]),
      ],
    ],
    [
      'the read has failed',
      [write('b', [0, 1]), read('register', 'a', [2, 3], { outcome: 'failed' })],
      { budget: 'a' },
    ],
    [
      'an increment of unknown outcome is not in the sum',
      [{ process: 'anna', kind: 'increment', by: 5, at: [0] }, read('counter', 0, [9, 10])],
    ],
    [
      'an element of unknown outcome is not in the list',
      [{ process: 'anna', kind: 'append', value: 5, at: [0] }, read('collection', [], [9, 10])],
    ],
    [
      'a consumer gets only what is new',
      [{ process: 'anna', kind: 'append', value: 5, at: [0, 1] }, read('delivery', [], [9, 10])],
    ],
  ])('is not found where %s', (_, operations, initial = {}) => {
    expect(findStaleReads(historyOf(operations, { ...initial }))).toEqual([])
  })
})
