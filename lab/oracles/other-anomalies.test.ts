import { describe, expect, test } from 'vitest'
import { historyOf, type Plain } from '../testing/histories.ts'
import { printAnomaly } from './anomaly.ts'
import { findDuplicates } from './duplicates.ts'
import { findGaps } from './gaps.ts'
import { findNonMonotonicReads } from './non-monotonic-reads.ts'
import { findPhantomReads } from './phantom-reads.ts'
import { findWriteSkews } from './write-skews.ts'

const op = (process: string, kind: string, value: unknown, at: Plain['at'], more: object = {}) => ({
  ...{ process, kind, value, at, ...more },
})
const read = (process: string, of: string, value: unknown, at: Plain['at'], more: object = {}) =>
  op(process, 'read', value, at, { of, ...more })

describe('a duplicate', () => {
  test('is one intent that is there twice, however often it was tried', () => {
    const tries = [op('anna', 'append', 'entry 7', [0]), op('anna', 'append', 'entry 7', [5, 6])]
    const found = findDuplicates(historyOf(tries), { budget: ['entry 7', 'entry 7', 'entry 7'] })
    expect(found).toMatchObject([{ sentence: '"entry 7" is there 3 times', count: 2 }])
    expect(findDuplicates(historyOf(tries), { budget: ['entry 7'] })).toEqual([])
  })

  test('is seen in a read, and not where nobody recorded it', () => {
    const reads = [read('ben', 'collection', [1, 1, 2, 2], [2, 3])]
    expect(findDuplicates(historyOf([op('anna', 'append', 1, [0, 1]), ...reads]))).toHaveLength(1)
    expect(findDuplicates(historyOf(reads))).toEqual([])
  })

  test('is a number given to two, or delivered again', () => {
    const given = [op('anna', 'create', 12, [0, 1]), op('ben', 'create', 12, [5, 6])]
    expect(findDuplicates(historyOf(given))).toMatchObject([
      { sentence: '12 was given to anna and to ben', witness: [{ index: 0 }, { index: 1 }] },
    ])
    const again = [read('ben', 'delivery', [1, 2], [0, 1]), read('ben', 'delivery', [2], [2, 3])]
    expect(findDuplicates(historyOf(again))).toMatchObject([{ sentence: 'ben got 2 again' }])
    const two = [read('ben', 'delivery', [1], [0, 1]), read('cleo', 'delivery', [1], [2, 3])]
    expect(findDuplicates(historyOf(two))).toEqual([])
  })
})

describe('a gap', () => {
  const numbers = [1, 2, 5].map((number) => op('anna', 'create', number, [number, number + 1]))
  const sequences = ['budget']

  test('is a number missing between two that are there', () => {
    const found = findGaps(historyOf(numbers), { sequences, finalState: { budget: [1, 2, 5] } })
    expect(found.map(printAnomaly)).toEqual([
      [
        'gap on budget: 3 to 4 missing between 2 and 5',
        '  #1 anna creates 2 (2 to 3 ms)',
        '  #2 anna creates 5 (5 to 6 ms)',
      ].join('\n'),
    ])
  })

  test('is none where somebody of unknown outcome filled it, or the neighbours are others’', () => {
    const finalState = { budget: [1, 2, 3, 4, 5] }
    expect(findGaps(historyOf(numbers), { sequences, finalState })).toEqual([])
    expect(findGaps(historyOf([]), { sequences, finalState: { budget: [1, 5] } })).toEqual([])
    expect(findGaps(historyOf(numbers), { sequences: [], finalState: { budget: [1, 5] } })).toEqual(
      [],
    )
  })

  test('is what a consumer went past, and only if it is there', () => {
    const got = [read('ben', 'delivery', [1, 2], [9, 10]), read('ben', 'delivery', [4], [11, 12])]
    const gapsOf = (reads: Plain[], log: number[]) =>
      findGaps(historyOf(reads), { sequences, finalState: { budget: log } })
    expect(gapsOf(got, [1, 2, 3, 4])).toMatchObject([
      { sentence: 'ben got 2 and 4, but never 3', count: 1, witness: [{ index: 0 }, { index: 1 }] },
    ])
    expect(gapsOf(got, [1, 2, 4])).toEqual([]) // 3 was never given out
    expect(gapsOf([...got, read('ben', 'delivery', [3], [13, 14])], [1, 2, 3, 4])).toEqual([])
    const unsure = [...got, read('ben', 'delivery', undefined, [13])]
    expect(gapsOf(unsure, [1, 2, 3, 4])).toEqual([])
    const once = [read('ben', 'delivery', [1, 3], [0, 1]), read('ben', 'delivery', [1], [2, 3])]
    expect(gapsOf(once, [1, 2, 3])).toMatchObject([{ witness: [{ index: 0 }] }])
  })
})

describe('a non-monotonic read', () => {
  const writes = [op('anna', 'write', 'old', [0, 1]), op('anna', 'write', 'new', [2, 3])]

  test('is an older value after a newer one, by the same process', () => {
    const reads = [read('ben', 'register', 'new', [4, 5]), read('ben', 'register', 'old', [6, 7])]
    expect(findNonMonotonicReads(historyOf([...writes, ...reads]))).toMatchObject([
      { sentence: 'ben read something older in #3 than before in #2' },
    ])
    const [first, second] = reads
    const others = [first, { ...second, process: 'cleo' }] as Plain[]
    expect(findNonMonotonicReads(historyOf([...writes, ...others]))).toEqual([])
  })

  test.each<[string, Plain[]]>([
    [
      'the reads overlap',
      [...writes, read('ben', 'register', 'new', [4, 7]), read('ben', 'register', 'old', [6, 8])],
    ],
    [
      'the writes overlap',
      [
        op('anna', 'write', 'old', [0, 3]),
        op('cleo', 'write', 'new', [2, 3]),
        read('ben', 'register', 'new', [4, 5]),
        read('ben', 'register', 'old', [6, 7]),
      ],
    ],
    [
      'the older may have come late',
      [
        op('anna', 'write', 'old', [0]),
        op('cleo', 'write', 'new', [2, 3]),
        read('ben', 'register', 'new', [4, 5]),
        read('ben', 'register', 'old', [6, 7]),
      ],
    ],
    [
      'the sum grows',
      [
        read('ben', 'counter', 1, [4, 5]),
        read('ben', 'counter', 1, [6, 7]),
        read('ben', 'counter', 2, [8, 9]),
      ],
    ],
    [
      'the list grows, in another order',
      [read('ben', 'collection', [1, 2], [4, 5]), read('ben', 'collection', [3, 2, 1], [6, 7])],
    ],
  ])('is not found where %s', (_, operations) => {
    expect(findNonMonotonicReads(historyOf(operations))).toEqual([])
  })
})

describe('a phantom read', () => {
  const looks = (value: unknown, more: object = {}) =>
    read('ben', 'collection', value, [0, 9], { transaction: '1', ...more })
  const annaBooks = op('anna', 'append', 'Tuesday', [2, 3], { transaction: '2' })

  test('is a row that another transaction added between two reads of one', () => {
    const history = historyOf([looks([]), annaBooks, looks(['Tuesday'])])
    expect(findPhantomReads(history).map(printAnomaly)).toEqual([
      [
        'phantom read on budget: ben read twice, and the second time "Tuesday" was there too',
        '  #0 ben reads [] (0 to 9 ms, transaction 1)',
        '  #1 anna appends "Tuesday" (2 to 3 ms, transaction 2)',
        '  #2 ben reads ["Tuesday"] (0 to 9 ms, transaction 1)',
      ].join('\n'),
    ])
  })

  test.each<[string, Plain[]]>([
    [
      'the transaction added it itself',
      [looks([]), { ...annaBooks, transaction: '1' }, looks(['Tuesday'])],
    ],
    [
      'the transaction did not commit',
      [looks([], { outcome: 'failed' }), annaBooks, looks(['Tuesday'], { outcome: 'failed' })],
    ],
    [
      'nobody knows whether it did',
      [looks([], { outcome: 'unknown' }), annaBooks, looks(['Tuesday'], { outcome: 'unknown' })],
    ],
    [
      'what added it was rolled back: that is another anomaly',
      [looks([]), { ...annaBooks, outcome: 'failed' }, looks(['Tuesday'])],
    ],
    ['it was two transactions', [looks([]), annaBooks, looks(['Tuesday'], { transaction: '3' })]],
  ])('is not found where %s', (_, operations) => {
    expect(findPhantomReads(historyOf(operations))).toEqual([])
  })
})

describe('a write skew', () => {
  const books = (process: string, saw: unknown, value: string, more: object = {}): Plain[] => [
    read(process, 'collection', saw, [0, 9], { transaction: process, ...more }),
    op(process, 'append', value, [0, 9], { transaction: process, ...more }),
  ]

  test('is two who looked, did not see each other and both added', () => {
    const history = historyOf([...books('anna', [], 'A'), ...books('ben', [], 'B')])
    expect(findWriteSkews(history)).toMatchObject([
      { sentence: 'anna added "A" and ben "B", and neither saw the other’s' },
    ])
  })

  test.each<[string, Plain[]]>([
    ['the second saw the first', [...books('anna', [], 'A'), ...books('ben', ['A'], 'B')]],
    [
      'one was rolled back',
      [...books('anna', [], 'A'), ...books('ben', [], 'B', { outcome: 'failed' })],
    ],
    [
      'nobody knows of one',
      [...books('anna', [], 'A'), ...books('ben', [], 'B', { outcome: 'unknown' })],
    ],
    [
      'nobody knows of what one added',
      books('anna', [], 'A').concat(
        books('ben', [], 'B').map((each) =>
          each['kind'] === 'append' ? { ...each, outcome: 'unknown' } : each,
        ),
      ),
    ],
  ])('is not found where %s', (_, operations) => {
    expect(findWriteSkews(historyOf(operations))).toEqual([])
  })
})
