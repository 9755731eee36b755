import type { Element, History, Operation, State, Value } from './history.ts'
import { outcomeOfError } from './outcome-of-error.ts'

/** What a read answers, by what it is of. */
type ReadValue = {
  register: Value
  counter: number
  collection: readonly Element[]
  delivery: readonly Element[]
}

/** Records what one client does. Each answers what `work` answers, and throws what it throws. */
export type Session = {
  /** `work` answers what was read. */
  read<Of extends keyof ReadValue, Result extends ReadValue[Of]>(
    of: Of,
    key: string,
    work: () => Promise<Result>,
  ): Promise<Result>
  write<Result>(key: string, value: Value, work: () => Promise<Result>): Promise<Result>
  /** @throws RangeError where `by` is not a whole number from 0 on: cents, minutes. */
  increment<Result>(key: string, by: number, work: () => Promise<Result>): Promise<Result>
  append<Result>(key: string, value: Element, work: () => Promise<Result>): Promise<Result>
  /** `work` answers the element that the system chose. */
  create<Result extends Element>(key: string, work: () => Promise<Result>): Promise<Result>
  /**
   * A unit of work: what is recorded within has its begin, its end and its outcome. Use it as well for
   * what is meant as one and the database knows nothing of: read, reckon, write back.
   */
  transaction<Result>(work: (inside: Session) => Promise<Result>): Promise<Result>
}

export type HistoryRecorder = {
  session(process: string): Session
  /** What was recorded so far; what is not finished has an unknown outcome. */
  history(): History
}

/** An operation while it may still end: unknown until then. */
type Open = { recorded: Operation; failure: 'failed' | 'unknown' | undefined }

/** `outcomeOf` says of an error whether its operation surely had no effect. */
export function recordHistory({
  initial = {},
  outcomeOf = outcomeOfError,
}: {
  initial?: State
  outcomeOf?: (error: unknown) => 'failed' | 'unknown'
} = {}): HistoryRecorder {
  const before = structuredClone(initial) // what its owner changes afterwards was not there before
  const startedAt = performance.now()
  const now = () => performance.now() - startedAt
  const operations: Operation[] = []
  let transactions = 0

  type Unit = { transaction: string; invokedAt: number; opened: Open[] }

  const begin = (process: string, key: string, act: object, unit: Unit | undefined): Open => {
    const recorded = {
      ...{ index: operations.length, process, key, transaction: unit?.transaction },
      ...{ invokedAt: unit?.invokedAt ?? now(), completedAt: Number.POSITIVE_INFINITY },
      ...{ outcome: 'unknown', ...act },
      // The callers below give the act that belongs to the kind.
    } as Operation
    operations.push(recorded)
    const open: Open = { recorded, failure: undefined }
    unit?.opened.push(open)
    return open
  }

  const end = ({ recorded, failure }: Open, outcome: 'ok' | 'failed' | 'unknown') => {
    recorded.outcome = failure === 'failed' ? 'failed' : outcome
    if (recorded.outcome !== 'unknown') recorded.completedAt = now()
  }

  const sessionOf = (process: string, unit?: Unit): Session => {
    const perform = async <Result>(
      key: string,
      act: object,
      work: () => Promise<Result>,
      takesResult = false,
    ): Promise<Result> => {
      const open = begin(process, key, act, unit)
      try {
        const result = await work()
        // A list that its owner goes on changing must not change what was read.
        if (takesResult) Object.assign(open.recorded, { value: structuredClone(result) })
        if (!unit) end(open, 'ok')
        return result
      } catch (error) {
        open.failure = outcomeOf(error)
        if (!unit) end(open, open.failure)
        throw error
      }
    }
    return {
      read: (of, key, work) => perform(key, { kind: 'read', of, value: undefined }, work, true),
      write: (key, value, work) => perform(key, { kind: 'write', value }, work),
      increment: async (key, by, work) => {
        if (!Number.isSafeInteger(by) || by < 0) {
          throw new RangeError(`An increment of ${key} is ${by}, not a whole number from 0 on`)
        }
        return perform(key, { kind: 'increment', by }, work)
      },
      append: (key, value, work) => perform(key, { kind: 'append', value }, work),
      create: (key, work) => perform(key, { kind: 'create', value: undefined }, work, true),
      transaction: async (work) => {
        if (unit) throw new Error(`${process} is in transaction ${unit.transaction} already`)
        const own: Unit = { transaction: String(++transactions), invokedAt: now(), opened: [] }
        const endAll = (outcome: 'ok' | 'failed' | 'unknown') => {
          for (const open of own.opened) end(open, outcome)
        }
        try {
          const result = await work(sessionOf(process, own))
          // PostgreSQL answers the commit of a transaction in which something failed by rolling it
          // back, without an error; only who set a savepoint knows that the rest was kept.
          endAll(own.opened.some(({ failure }) => failure) ? 'unknown' : 'ok')
          return result
        } catch (error) {
          endAll(outcomeOf(error))
          throw error
        }
      },
    }
  }

  return {
    session: (process) => sessionOf(process),
    history: () => ({ operations: operations.map((each) => ({ ...each })), initial: before }),
  }
}
