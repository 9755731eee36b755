import { expect, test } from 'vitest'
import { groupCommit } from './group-commit.ts'

/** Sends that last until they are released, one after the other. */
function heldSends() {
  const groups: number[][] = []
  const held: (() => void)[] = []
  return {
    groups,
    async send(items: number[]): Promise<number[]> {
      groups.push(items)
      await new Promise<void>((resolve) => held.push(resolve))
      if (items.includes(13)) throw new Error('thirteen')
      return items.map((item) => item * 2)
    },
    async releaseAll(): Promise<void> {
      for (let release = held.shift(); release; release = held.shift()) {
        release()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

test('what comes while a group is under way makes up the next one, in order', async () => {
  const { groups, send, releaseAll } = heldSends()
  const append = groupCommit({ send, sizeOf: () => 1, itemsPerGroup: 3 })
  const results = Promise.all([1, 2, 3, 4, 5, 6].map((item) => append(item)))
  await releaseAll()
  expect(groups).toEqual([[1], [2, 3, 4], [5, 6]])
  expect(await results).toEqual([2, 4, 6, 8, 10, 12])
})

test('a group ends when it is large enough', async () => {
  const { groups, send, releaseAll } = heldSends()
  const append = groupCommit({ send, sizeOf: (item) => item, sizePerGroup: 10 })
  const results = Promise.all([1, 9, 1, 30, 2].map((item) => append(item)))
  await releaseAll()
  await results
  expect(groups).toEqual([[1], [9, 1], [30], [2]])
})

test('when a group fails, its items are tried one by one', async () => {
  const { groups, send, releaseAll } = heldSends()
  const append = groupCommit({ send, sizeOf: () => 1 })
  const results = Promise.allSettled([1, 12, 13, 14].map((item) => append(item)))
  await releaseAll()
  expect(await results).toMatchObject([
    { value: 2 },
    { value: 24 },
    { reason: { message: 'thirteen' } },
    { value: 28 },
  ])
  expect(groups).toEqual([[1], [12, 13, 14], [12], [13], [14]])
})

test('when a group fails over none of its items, all fail at once', async () => {
  const { groups, send, releaseAll } = heldSends()
  const append = groupCommit({ send, sizeOf: () => 1, mayBeOfOneItem: () => false })
  const results = Promise.allSettled([1, 12, 13].map((item) => append(item)))
  await releaseAll()
  const failed = { reason: { message: 'thirteen' } }
  expect(await results).toMatchObject([{ value: 2 }, failed, failed])
  expect(groups).toEqual([[1], [12, 13]])
})

test('what waits can be given up; what is sent is awaited', async () => {
  const { groups, send, releaseAll } = heldSends()
  const append = groupCommit({ send, sizeOf: () => 1 })
  const giveUp = new AbortController()
  const results = Promise.allSettled([append(1, giveUp.signal), append(2, giveUp.signal)])
  giveUp.abort(new Error('gave up'))
  await releaseAll()
  expect(await results).toMatchObject([{ value: 2 }, { reason: { message: 'gave up' } }])
  expect(groups).toEqual([[1]])
})

test('more than it may hold is refused', async () => {
  const { send, releaseAll } = heldSends()
  const append = groupCommit({ send, sizeOf: () => 1, waitingAtMost: 2 })
  const results = Promise.all([append(1), append(2), append(3)])
  expect(() => append(4)).toThrow('2 commands wait to be appended already')
  await releaseAll()
  expect(await results).toEqual([2, 4, 6])
})
