import { expect, test } from 'vitest'
import { callAt } from './precise-timer.ts'

test('calls in the order of what is due, none early, and those of the same instant as they asked', async () => {
  const startedAt = performance.now()
  const called: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const at = (ms: number, name: string, then = () => {}) =>
    callAt(startedAt + ms, () => {
      expect(performance.now()).toBeGreaterThanOrEqual(startedAt + ms)
      called.push(name)
      then()
    })
  at(30, 'last', resolve)
  at(10, 'first')
  at(20, 'second')
  at(20, 'third')
  at(15, 'never')()
  const cancelTwice = at(25, 'never')
  cancelTwice()
  cancelTwice()
  at(-5, 'overdue')
  await promise
  expect(called).toEqual(['overdue', 'first', 'second', 'third', 'last'])
})

test('one that is called may ask for the next', async () => {
  let turns = 0
  await new Promise<void>((resolve) => {
    const next = (): void => {
      turns += 1
      if (turns === 20) resolve()
      else callAt(performance.now() + 1, next)
    }
    next()
  })
  expect(turns).toBe(20)
})
