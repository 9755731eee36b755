import { setTimeout as delay } from 'node:timers/promises'
import { LabProblem } from '../lab-problem.ts'

/**
 * What an arm has acquired, released together at its end. Code that did not heed the end goes on for a while: what is
 * on its way to it then is waited for, and what it asks for later is refused.
 */
export type Acquired = AsyncDisposable & {
  use<Resource extends AsyncDisposable>(resource: Resource): Resource
  /** @throws LabProblem `bad-scenario` when the arm is over; nothing is acquired then. */
  acquire<Resource extends AsyncDisposable>(start: () => Promise<Resource>): Promise<Resource>
}

/** How long the end waits for what is on its way; what comes later still is released as it comes. */
const patienceMs = 5_000

export function createAcquired(arm: string): Acquired {
  const stack = new AsyncDisposableStack()
  const arriving = new Set<Promise<unknown>>()
  let isOver = false

  const tooLate = () =>
    new LabProblem('bad-scenario', `The ${arm} arm is over: nothing can be acquired in it any more`)
  const arrive = async <Resource extends AsyncDisposable>(
    start: () => Promise<Resource>,
  ): Promise<Resource> => {
    const resource = await start()
    if (!stack.disposed) return stack.use(resource)
    await resource[Symbol.asyncDispose]()
    throw tooLate()
  }
  return {
    use: (resource) => {
      if (!stack.disposed) return stack.use(resource)
      void Promise.try(() => resource[Symbol.asyncDispose]()).catch(() => {}) // nobody is left to be told
      throw tooLate()
    },
    acquire: async (start) => {
      if (isOver) throw tooLate()
      const one = arrive(start)
      arriving.add(one)
      try {
        return await one
      } finally {
        arriving.delete(one)
      }
    },
    [Symbol.asyncDispose]: async () => {
      isOver = true
      if (arriving.size > 0) {
        const limit = delay(patienceMs, undefined, { ref: false })
        await Promise.race([Promise.allSettled(arriving), limit])
      }
      await stack.disposeAsync()
    },
  }
}
