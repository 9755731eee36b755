import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ProblemError } from '../kit/problem-error.ts'
import { createAutosaver, type SaveState } from './autosaver.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Call = { content: string; version: number; commandId: string }

/** A server that answers what it is told to: a new version, or a failure of that status. */
function autosaverWith(...answers: number[]) {
  const calls: Call[] = []
  const states: SaveState['kind'][] = []
  const autosaver = createAutosaver<string>({
    version: 1,
    delayMs: 2_000,
    save: async (content, version, commandId) => {
      calls.push({ content, version, commandId })
      const status = answers.shift() ?? 200
      if (status !== 200) throw new ProblemError({ type: 'x', title: 'x', status })
      return version + 1
    },
    onState: (state) => states.push(state.kind),
  })
  return { autosaver, calls, states }
}

test('changes close together are saved once, two seconds after the last', async () => {
  const { autosaver, calls, states } = autosaverWith()
  autosaver.change('a')
  await vi.advanceTimersByTimeAsync(1_500)
  autosaver.change('ab')
  await vi.advanceTimersByTimeAsync(1_999)
  expect(calls).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(calls).toMatchObject([{ content: 'ab', version: 1 }])
  expect(states.at(-1)).toBe('saved')
})

test('each save stands on the version that the one before it made', async () => {
  const { autosaver, calls } = autosaverWith()
  autosaver.change('a')
  await autosaver.saveNow()
  autosaver.change('b')
  await autosaver.saveNow()
  expect(calls.map((call) => call.version)).toEqual([1, 2])
})

test('an answer that was lost is asked for again under the same command id', async () => {
  const { autosaver, calls, states } = autosaverWith(0, 503)
  autosaver.change('a')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(states.at(-1)).toBe('failed')
  await vi.advanceTimersByTimeAsync(2_000 + 4_000)
  expect(calls).toHaveLength(3)
  expect(new Set(calls.map((call) => call.commandId)).size).toBe(1)
  expect(states.at(-1)).toBe('saved')
})

test('a server that never answers is not asked for ever', async () => {
  const { autosaver, calls } = autosaverWith(...Array.from({ length: 99 }, () => 503))
  autosaver.change('a')
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(calls).toHaveLength(6)
})

test('a refusal is not tried again on its own', async () => {
  const { autosaver, calls, states } = autosaverWith(409)
  autosaver.change('a')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls).toHaveLength(1)
  expect(states.at(-1)).toBe('failed')
})

test('a conflict stops saving until a person decides, and keeps what was written', async () => {
  const { autosaver, calls, states } = autosaverWith(412)
  autosaver.change('mine')
  expect(await autosaver.saveNow()).toBe(false)
  autosaver.change('mine, and more')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls).toHaveLength(1)
  expect(states.at(-1)).toBe('conflict')
  expect(await autosaver.overwrite(7)).toBe(true)
  expect(calls.at(-1)).toMatchObject({ content: 'mine, and more', version: 7 })
})

test('a change made while saving is saved after it', async () => {
  const { autosaver, calls } = autosaverWith()
  autosaver.change('a')
  const first = autosaver.saveNow()
  autosaver.change('b')
  expect(await first).toBe(false)
  expect(await autosaver.saveNow()).toBe(true)
  expect(calls.map((call) => call.content)).toEqual(['a', 'b'])
})
