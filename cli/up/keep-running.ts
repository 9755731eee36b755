import { setTimeout as delay } from 'node:timers/promises'
import { CommandProblem, notAsHoped } from '../problem.ts'
import { forkChild, type ChildProgram } from './child.ts'

export interface KeptRunning<Configuration> extends AsyncDisposable {
  /** Starts the first process; whoever waits hears why it can't. */
  start(configuration: Configuration): Promise<void>
  /** Rejects when the process has ended too often in a row. */
  givenUp: Promise<never>
  kill(): void
}

const shortestWaitMs = 250
const longestWaitMs = 10_000
const attemptsInARow = 10
const soundAfterMs = 60_000

/**
 * A process that is started again when it ends, after a wait that doubles each time and begins anew
 * once a process has lived for a minute.
 */
export function keepRunning<Configuration>(
  program: ChildProgram,
  { fork = forkChild<Configuration, unknown>, pause = delay } = {},
): KeptRunning<Configuration> {
  const { name, logFile } = program
  let child = fork(program)
  const stopping = new AbortController()
  const givenUp = Promise.withResolvers<never>()
  givenUp.promise.catch(() => {}) // nobody may be listening when it is stopped

  const again = async (configuration: Configuration): Promise<never> => {
    for (let attempt = 1; attempt <= attemptsInARow; attempt++) {
      const startedAt = Date.now()
      const how = await child.exited
      stopping.signal.throwIfAborted()
      if (Date.now() - startedAt > soundAfterMs) attempt = 1
      const waitMs = Math.min(shortestWaitMs * 2 ** (attempt - 1), longestWaitMs)
      console.log(`${name} ended by itself (${how}); it starts again in ${waitMs / 1000} s.`)
      await pause(waitMs, undefined, { signal: stopping.signal })
      child = fork(program)
      await child.start(configuration).then(
        () => console.log(`${name} is back.`),
        () => child.stop(),
      )
    }
    throw new CommandProblem(
      `${name} ended ${attemptsInARow} times in a row.`,
      `Its own words are in ${logFile}.`,
      notAsHoped,
    )
  }

  return {
    start: async (configuration) => {
      await child.start(configuration)
      again(configuration).catch(givenUp.reject)
    },
    givenUp: givenUp.promise,
    kill: () => child.kill(),
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await child.stop()
    },
  }
}
