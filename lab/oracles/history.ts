/** What a register holds. */
export type Value = string | number | null

/** What is added to a collection. */
export type Element = string | number

/** What one operation did, as its client saw it. A read's value counts only where it is `ok`. */
type Act =
  /** Of a register: the value that was written last. */
  | { kind: 'read'; of: 'register'; value: Value | undefined }
  /** Of a counter: the sum of its increments. */
  | { kind: 'read'; of: 'counter'; value: number | undefined }
  /** Of a collection: all that is in it, such as the rows of a predicate. */
  | { kind: 'read'; of: 'collection'; value: readonly Element[] | undefined }
  /** Of a collection: what a consumer got next, never the whole. */
  | { kind: 'read'; of: 'delivery'; value: readonly Element[] | undefined }
  | { kind: 'write'; value: Value }
  /** By a whole number that is not below zero. */
  | { kind: 'increment'; by: number }
  /** Adds what the client chose; once, however often it is tried. */
  | { kind: 'append'; value: Element }
  /** Adds what the system chose, a number or an id; unknown unless it is `ok`. */
  | { kind: 'create'; value: Element | undefined }

/** An operation of a history. */
export type Operation = {
  /** In the order in which operations began. */
  index: number
  /** Who did it: a client that does one thing after another. */
  process: string
  /** The register, counter or collection; each key is one of these. */
  key: string
  /** The unit of work that it was part of, where it was part of one. */
  transaction: string | undefined
  /**
   * It took effect between these two instants (ms), if it did; in a transaction, they are those of the
   * transaction. The second is `Infinity` where nobody knows the outcome.
   */
  invokedAt: number
  completedAt: number
  /** Unknown (a time-out, say): it may have taken effect, now or at any later time, or never. */
  outcome: 'ok' | 'failed' | 'unknown'
} & Act

type Read = Extract<Operation, { kind: 'read' }>
type ReadOf<Of extends Read['of']> = Extract<Read, { of: Of }>
/** A read that succeeded. */
export type KnownRead<Of extends Read['of']> = ReadOf<Of> & {
  value: Exclude<ReadOf<Of>['value'], undefined>
}
export type Write = Extract<Operation, { kind: 'write' }>
export type Increment = Extract<Operation, { kind: 'increment' }>
/** An operation that adds an element whose value is known. */
export type Add = Extract<Operation, { kind: 'append' | 'create' }> & { value: Element }

/** What the keys held at some time. What is not named is not known. */
export type State = Readonly<Record<string, Value | readonly Element[]>>

/**
 * What happened, as the clients saw it: operations with their begin and end, as Herlihy and Wing,
 * Linearizability (1990), and Jepsen have it. Everybody who changes a key is in it.
 */
export type History = {
  operations: readonly Operation[]
  /** Before the first operation. A counter that is not named was 0. */
  initial: State
}

/** Whether a took effect before b began, by everybody's clock. */
export function precedes(a: Operation, b: Operation): boolean {
  return a.completedAt < b.invokedAt
}

/** Whether one process did a, then b; within a transaction too. */
export function followsInSession(a: Operation, b: Operation): boolean {
  if (a.process !== b.process || a.index >= b.index) return false
  const together = a.transaction !== undefined && a.transaction === b.transaction
  return together || a.completedAt <= b.invokedAt
}

/** The successful reads of one sort, in the order in which they began. */
export function readsOf<Of extends Read['of']>({ operations }: History, of: Of): KnownRead<Of>[] {
  return operations.filter(
    (operation): operation is KnownRead<Of> =>
      operation.kind === 'read' &&
      operation.of === of &&
      operation.outcome === 'ok' &&
      operation.value !== undefined,
  )
}

/** What may have been added: all that did not fail and whose value is known. */
export function addsOf({ operations }: History): Add[] {
  return operations.filter(
    (operation): operation is Add =>
      (operation.kind === 'append' || operation.kind === 'create') &&
      operation.outcome !== 'failed' &&
      operation.value !== undefined,
  )
}

/** A key's elements in a state; none where it is not named or no collection. */
export function elementsIn(state: State, key: string): readonly Element[] {
  const held = state[key]
  return Array.isArray(held) ? (held as readonly Element[]) : []
}
