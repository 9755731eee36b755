import { expect, test } from 'vitest'
import { toTable } from './result.ts'
import { compare, median } from './rounds.ts'

test('rounds are interleaved, the first does not count, the median does', async () => {
  const order: string[] = []
  const figures = [1_000, 30, 10, 20]
  const [result] = await compare({
    ...{ name: 'x', unit: '1/s', rounds: 3, onProgress: () => {} },
    measureOurs: async () => {
      order.push('ours')
      return figures.shift() ?? 0
    },
    peers: [
      {
        ...{ peer: 'raw', goal: 2 },
        measure: async () => {
          order.push('peer')
          return 5
        },
      },
    ],
  })
  expect(order.join(' ')).toBe('ours peer peer ours ours peer peer ours')
  expect(result).toMatchObject({ value: 20, peerValue: 5, ratio: 4, met: true })
  expect(toTable([result!]).split('\n')[1]).toBe('x     20 1/s  raw: 5 1/s    4.00×  ≥ 2×  met')
})

test('the median', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
})
