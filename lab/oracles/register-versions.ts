import type { History, Value, Write } from './history.ts'

/** The writes of one register, and what may be said about the age of its values. */
export type RegisterVersions = {
  /** That were acknowledged, by the instant of it. */
  acknowledged: readonly Write[]
  /** For each of these, which of it and those before it began last. */
  newest: readonly Write[]
  /** The writes that may have written a value: none that failed. */
  writersOf(value: Value): readonly Write[]
  /** Whether the register may have held the value from the beginning. */
  isInitial(value: Value): boolean
}

export function registerVersions(history: History, key: string): RegisterVersions {
  const writes = history.operations.filter(
    (operation): operation is Write =>
      operation.kind === 'write' && operation.key === key && operation.outcome !== 'failed',
  )
  const writers = Map.groupBy(writes, ({ value }) => value)
  const acknowledged = writes
    .filter(({ outcome }) => outcome === 'ok')
    .sort((a, b) => a.completedAt - b.completedAt)
  const newest: Write[] = []
  for (const write of acknowledged) {
    const before = newest.at(-1)
    newest.push(before && before.invokedAt >= write.invokedAt ? before : write)
  }
  const initial = history.initial[key]
  return {
    acknowledged,
    newest,
    writersOf: (value) => writers.get(value) ?? [],
    isInitial: (value) => initial !== undefined && initial === value,
  }
}

/**
 * The instant by which a value was there for certain, if at all, and the write to name as evidence:
 * the last of those that may have written it. Nothing where nobody is known to have written it.
 */
export function latestOrigin(
  { writersOf, isInitial }: RegisterVersions,
  value: Value,
): { thereAt: number; writer: Write | undefined } | undefined {
  const writer = writersOf(value).reduce<Write | undefined>(
    (last, write) => (last && last.completedAt >= write.completedAt ? last : write),
    undefined,
  )
  if (!writer) return isInitial(value) ? { thereAt: Number.NEGATIVE_INFINITY, writer } : undefined
  // Where it was there from the beginning too, the witness is as good without the write.
  return { thereAt: writer.completedAt, writer: isInitial(value) ? undefined : writer }
}

/** Of the writes acknowledged before an instant, the one that surely began last. */
export function newestBefore(
  { acknowledged, newest }: RegisterVersions,
  instant: number,
): Write | undefined {
  return newest[countBefore(acknowledged, instant) - 1]
}

/** How many of the operations, sorted by their ends, had ended before an instant. */
export function countBefore(sorted: readonly { completedAt: number }[], instant: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle]?.completedAt ?? 0) < instant) low = middle + 1
    else high = middle
  }
  return low
}
