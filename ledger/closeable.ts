import { LedgerError } from './ledger-error.ts'

/** A door that work goes through until it is closed. */
export interface Closeable {
  /** @throws LedgerError 'closed' */
  run<Result>(work: () => Promise<Result>): Promise<Result>
  /** Refuses what comes from now on, and resolves when all that came before is done, well or not. */
  close(): Promise<void>
}

export function closeable(): Closeable {
  const done = Promise.withResolvers<void>()
  let underWay = 0
  let closed = false

  function settle(): void {
    if (closed && underWay === 0) done.resolve()
  }

  return {
    async run(work) {
      if (closed) {
        throw new LedgerError(
          'closed',
          'The ledger is closed: nothing is written through it any more.',
        )
      }
      underWay += 1
      try {
        return await work()
      } finally {
        underWay -= 1
        settle()
      }
    },
    close() {
      closed = true
      settle()
      return done.promise
    },
  }
}
