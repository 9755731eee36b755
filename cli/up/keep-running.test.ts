import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Child } from './child.ts'
import { keepRunning } from './keep-running.ts'

const program = { name: 'PET', module: new URL('file:///pet.ts'), logFile: '/pet.log' }

let forked: FakeChild[]
let startsFail: boolean
let pausesMs: number[]

/** Waits take no time here, and are written down. */
async function pause<Nothing>(waitMs = 0): Promise<Nothing> {
  pausesMs.push(waitMs)
  vi.setSystemTime(Date.now() + waitMs)
  return undefined as Nothing
}

type FakeChild = Child<string, unknown> & { end(how: string): void; startedWith: string[] }

function fork(): FakeChild {
  const { promise: exited, resolve: end } = Promise.withResolvers<string>()
  const startedWith: string[] = []
  const stop = async () => end('stopped')
  const child = {
    startedWith,
    end,
    exited,
    stop,
    kill: () => end('killed'),
    start: async (configuration: string) => {
      startedWith.push(configuration)
      if (startsFail) throw new Error('it does not start')
    },
    [Symbol.asyncDispose]: stop,
  }
  forked.push(child)
  return child
}

beforeEach(() => {
  forked = []
  startsFail = false
  pausesMs = []
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.spyOn(console, 'log').mockImplementation(() => {})
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function endLast(): Promise<void> {
  const before = forked.length
  forked.at(-1)?.end('exit code 1')
  await vi.waitFor(() => expect(forked.length).toBeGreaterThan(before))
}

test('whoever waits for the first start hears why it fails', async () => {
  startsFail = true
  await expect(keepRunning(program, { fork, pause }).start('configuration')).rejects.toThrow(
    'does not start',
  )
  expect(forked).toHaveLength(1)
})

test('a process that ends is followed by another with the same configuration', async () => {
  await using pet = keepRunning(program, { fork, pause })
  await pet.start('configuration')
  await endLast()
  await endLast()
  expect(forked.map(({ startedWith }) => startedWith)).toEqual(Array(3).fill(['configuration']))
})

test('a process that was stopped is followed by none', async () => {
  const pet = keepRunning(program, { fork, pause })
  await pet.start('configuration')
  await pet[Symbol.asyncDispose]()
  await expect(pet.givenUp).rejects.toThrow('aborted')
  expect(forked).toHaveLength(1)
})

test('ten ends in a row, or starts that fail, are enough', async () => {
  await using pet = keepRunning(program, { fork, pause })
  await pet.start('configuration')
  startsFail = true
  await endLast()
  await expect(pet.givenUp).rejects.toThrow('PET ended 10 times in a row')
  expect(pausesMs).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000])
})

test('a process that has lived for a minute begins a new row', async () => {
  await using pet = keepRunning(program, { fork, pause })
  await pet.start('configuration')
  for (let end = 1; end <= 25; end++) {
    vi.setSystemTime(Date.now() + 61_000)
    await endLast()
  }
  expect(new Set(pausesMs)).toEqual(new Set([250]))
})
