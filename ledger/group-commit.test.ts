import { expect, test, vi } from 'vitest'
import { groupCommit, type GroupCommitOptions, type Submit } from './group-commit.ts'

type Item = { name: string; size?: number; writes?: string[]; reads?: string[] }

/** A group commit whose sends last until they are let go. */
function heldCommit(options: Partial<GroupCommitOptions<Item, string>> = {}) {
  const groups: string[] = []
  const held: (() => void)[] = []
  async function send(items: Item[]): Promise<string[]> {
    groups.push(items.map(({ name }) => name).join(' '))
    await new Promise<void>((resolve) => held.push(resolve))
    if (items.some(({ name }) => name === 'bad')) throw new Error('bad')
    return items.map(({ name }) => `${name} done`)
  }
  const submit = groupCommit<Item, string>({
    ...{ send, sizeOf: ({ size = 1 }) => size },
    touchedBy: ({ writes = [], reads = [] }) => ({ writes, reads }),
    ...options,
  })
  /** Lets the group that was sent first go, and what follows from it happen. */
  async function release(): Promise<void> {
    held.shift()?.()
    await turn()
  }
  async function releaseAll(): Promise<void> {
    while (held.length > 0) await release()
  }
  return { groups, submit, release, releaseAll }
}

async function turn(): Promise<void> {
  for (let times = 0; times < 4; times += 1) await new Promise((resolve) => setImmediate(resolve))
}

const all = (submit: Submit<Item, string>, names: string) =>
  Promise.allSettled(names.split(' ').map((name) => submit({ name })))

test('what comes in one turn travels together; two groups are under way, the rest waits', async () => {
  const { groups, submit, release, releaseAll } = heldCommit()
  const first = all(submit, 'a b')
  await turn()
  const second = all(submit, 'c')
  await turn()
  const rest = all(submit, 'd e f')
  await turn()
  expect(groups).toEqual(['a b', 'c'])
  await release()
  expect(groups).toEqual(['a b', 'c', 'd e f'])
  await releaseAll()
  const values = (await Promise.all([first, second, rest])).flat().map((done) => ({ ...done }))
  expect(values).toEqual(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ status: 'fulfilled', value: `${name} done` })),
  )
})

test('of many, half are under way while the others get ready', async () => {
  const { groups, submit, releaseAll } = heldCommit({ itemsPerGroup: 50 })
  const names = Array.from({ length: 80 }, (_, index) => `${index}`).join(' ')
  const done = all(submit, names)
  await turn()
  expect(groups.map((group) => group.split(' ').length)).toEqual([40, 40])
  await releaseAll()
  await done
})

test('a group ends when it is large enough', async () => {
  const { groups, submit, releaseAll } = heldCommit({ sizePerGroup: 10 })
  const results = [4, 6, 1, 30, 2].map((size) => submit({ name: String(size), size }))
  await turn()
  await releaseAll()
  await Promise.all(results)
  expect(groups).toEqual(['4 6', '1 30', '2'])
})

test('what touches what another one writes waits until that is done, in order', async () => {
  const { groups, submit, release, releaseAll } = heldCommit()
  const results = [
    submit({ name: 'a', writes: ['s'] }),
    submit({ name: 'b', writes: ['s'] }),
    submit({ name: 'c', reads: ['s'] }),
    submit({ name: 'd', reads: ['t'] }),
    submit({ name: 'e', reads: ['t'] }),
    submit({ name: 'f', writes: ['t'] }),
  ]
  await turn()
  expect(groups).toEqual(['a d e'])
  await release()
  expect(groups).toEqual(['a d e', 'b f'])
  await releaseAll()
  expect(groups).toEqual(['a d e', 'b f', 'c'])
  await Promise.all(results)
})

test('when a group fails, its items are tried one by one', async () => {
  const { groups, submit, releaseAll } = heldCommit()
  const results = all(submit, 'a bad c')
  await turn()
  await releaseAll()
  expect(await results).toMatchObject([
    { value: 'a done' },
    { reason: { message: 'bad' } },
    { value: 'c done' },
  ])
  expect(groups).toEqual(['a bad c', 'a', 'bad', 'c'])
})

test('when a group fails over none of its items, all fail at once', async () => {
  const { groups, submit, releaseAll } = heldCommit({ mayBeOfOneItem: () => false })
  const results = all(submit, 'a bad')
  await turn()
  await releaseAll()
  const failed = { reason: { message: 'bad' } }
  expect(await results).toMatchObject([failed, failed])
  expect(groups).toEqual(['a bad'])
})

test('what waits can be given up, at once; what is sent is awaited', async () => {
  const { groups, submit, releaseAll } = heldCommit()
  const giveUp = new AbortController()
  const sent = submit({ name: 'a', writes: ['s'] }, giveUp.signal)
  await turn()
  const waiting = submit({ name: 'b', writes: ['s'] }, giveUp.signal)
  giveUp.abort(new Error('gave up'))
  await expect(waiting).rejects.toThrow('gave up')
  await releaseAll()
  expect(await sent).toBe('a done')
  expect(groups).toEqual(['a'])
})

test('what waits too long is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const { groups, submit, releaseAll } = heldCommit({ waitAtMostMs: 1_000 })
    const sent = submit({ name: 'a', writes: ['s'] })
    await turn()
    const waiting = submit({ name: 'b', writes: ['s'] })
    const refused = expect(waiting).rejects.toMatchObject({ code: 'timed-out' })
    vi.advanceTimersByTime(1_002)
    await refused
    await releaseAll()
    expect(await sent).toBe('a done')
    expect(groups).toEqual(['a'])
  } finally {
    vi.useRealTimers()
  }
})

test('more than it may hold is refused', async () => {
  const { submit, releaseAll } = heldCommit({ waitingAtMost: 3, waitingSizeAtMost: 10 })
  const results = [submit({ name: 'a', size: 6 }), submit({ name: 'b', size: 6 })]
  expect(() => submit({ name: 'c' })).toThrow('2 commands of 12 characters wait to be appended')
  await turn()
  const more = [submit({ name: 'd' }), submit({ name: 'e' }), submit({ name: 'f' })]
  expect(() => submit({ name: 'g' })).toThrow('3 commands of 3 characters wait to be appended')
  await releaseAll()
  expect((await Promise.all([...results, ...more])).length).toBe(5)
})
