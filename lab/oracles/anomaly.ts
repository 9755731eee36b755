import type { Operation } from './history.ts'

export type AnomalyKind =
  | 'lost update'
  | 'duplicate'
  | 'gap'
  | 'stale read'
  | 'phantom read'
  | 'write skew'
  | 'non-monotonic read'

/** Something that no correct system could have done. */
export type Anomaly = {
  kind: AnomalyKind
  key: string
  /** What it is, in a sentence. */
  sentence: string
  /** How many of its kind this one stands for, at least. */
  count: number
  /**
   * The operations that show it, with the final state where one was given, and no others: without any
   * one of them, the rest does not show it any more.
   */
  witness: readonly Operation[]
}

/** How many there are in all. */
export function countAnomalies(anomalies: readonly Anomaly[]): number {
  return anomalies.reduce((sum, { count }) => sum + count, 0)
}

/**
 * An anomaly and its witness in a few lines.
 *
 * @example
 * lost update on budget-7: anna and ben both read 100 and wrote over each other
 *   #0 anna reads 100 (0 to 4.1 ms, transaction 1)
 *   #1 ben reads 100 (0.3 to 5 ms, transaction 2)
 *   …
 */
export function printAnomaly({ kind, key, sentence, witness }: Anomaly): string {
  return [`${kind} on ${key}: ${sentence}`, ...witness.map((each) => `  ${describe(each)}`)].join(
    '\n',
  )
}

/** In the order in which they began, each once. */
export function inOrder(operations: readonly Operation[]): Operation[] {
  return [...new Set(operations)].sort((a, b) => a.index - b.index)
}

function describe(operation: Operation): string {
  const { index, process, invokedAt, completedAt, outcome, transaction } = operation
  const end = completedAt === Number.POSITIVE_INFINITY ? '?' : shortened(completedAt)
  const when = [`${shortened(invokedAt)} to ${end} ms`]
  if (transaction !== undefined) when.push(`transaction ${transaction}`)
  if (outcome !== 'ok') when.push(outcome === 'failed' ? 'failed' : 'outcome unknown')
  return `#${index} ${process} ${actOf(operation)} (${when.join(', ')})`
}

function actOf(operation: Operation): string {
  switch (operation.kind) {
    case 'read':
      return `${operation.of === 'delivery' ? 'gets' : 'reads'} ${show(operation.value)}`
    case 'write':
      return `writes ${show(operation.value)}`
    case 'increment':
      return `adds ${operation.by}`
    case 'append':
      return `appends ${show(operation.value)}`
    case 'create':
      return `creates ${show(operation.value)}`
  }
}

const mostShown = 12

/** Long collections are cut: what matters of them is in the sentence. */
function show(value: unknown): string {
  if (!Array.isArray(value)) return value === undefined ? '?' : JSON.stringify(value)
  const shown = value.slice(-mostShown).map((each) => JSON.stringify(each))
  const more = value.length > mostShown ? [`${value.length - mostShown} more`] : []
  return `[${[...more, ...shown].join(', ')}]`
}

function shortened(ms: number): string {
  return String(Math.round(ms * 10) / 10)
}
