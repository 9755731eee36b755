import type { Anomaly } from '../oracles/anomaly.ts'
import type { History, Operation, State } from '../oracles/history.ts'

export type Plain = {
  process: string
  key?: string
  transaction?: string
  /** When it began and ended; an unknown outcome has no end. */
  at: [invokedAt: number, completedAt?: number]
  outcome?: Operation['outcome']
} & Record<string, unknown>

/** A history written by hand, about one key unless said otherwise. */
export function historyOf(operations: readonly Plain[], initial: State = {}): History {
  return {
    initial,
    operations: operations.map(
      ({ at: [invokedAt, completedAt = Number.POSITIVE_INFINITY], ...operation }, index) =>
        ({
          ...{ index, key: 'budget', transaction: undefined, invokedAt, completedAt },
          outcome: completedAt === Number.POSITIVE_INFINITY ? 'unknown' : 'ok',
          ...operation,
          // A test says what it means; the finders look at nothing else.
        }) as unknown as Operation,
    ),
  }
}

/** What is not minimal about an anomaly's witness; empty where nothing is. */
export function faultsOfWitness(
  { kind, key, witness, sentence }: Anomaly,
  { initial }: History,
  find: (history: History) => Anomaly[],
): string[] {
  // Of deliveries, any part has gaps of its own: there the same one must vanish.
  const shownBy = (operations: readonly Operation[]) =>
    find({ operations, initial }).some(
      (found) =>
        found.kind === kind && found.key === key && (kind !== 'gap' || found.sentence === sentence),
    )
  const without = witness.filter((operation) =>
    shownBy(witness.filter((other) => other !== operation)),
  )
  return [
    ...(shownBy(witness) ? [] : [`the witness does not show it: ${sentence}`]),
    ...without.map(({ index }) => `shown without #${index} too: ${sentence}`),
  ]
}
