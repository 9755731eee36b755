import { inOrder, type Anomaly } from './anomaly.ts'
import {
  addsOf,
  elementsIn,
  readsOf,
  type Element,
  type History,
  type KnownRead,
  type Operation,
  type State,
} from './history.ts'

/** Which keys are sequences: their elements are whole numbers that follow each other. */
export type SequencesOrder = { sequences: readonly string[]; finalState?: State }

/**
 * Gaps in a sequence, such as the numbers of invoices or the positions of a log.
 *
 * - in the final state a number is missing between two that are there;
 * - a consumer got numbers on both sides of one that it never got, although the final state (where it
 *   is given) has it: it has gone past what was committed late, and does not come back for it.
 *
 * A consumer of whom one delivery has an unknown outcome may have got more than is known, and raises no
 * alarm. Neither does a number that was never given out, other than in the final state itself.
 */
export function findGaps(history: History, { sequences, finalState }: SequencesOrder): Anomaly[] {
  return sequences.flatMap((key) => [
    ...(finalState ? missingNumbers(history, key, finalState) : []),
    ...skippedByConsumers(history, key, finalState),
  ])
}

function missingNumbers(history: History, key: string, finalState: State): Anomaly[] {
  const adds = new Map<Element, Operation>()
  for (const add of addsOf(history)) if (add.key === key) adds.set(add.value, add)
  const initial = new Set(elementsIn(history.initial, key))
  const present = new Set([...initial, ...elementsIn(finalState, key)])
  return holesIn(numbersOf(present)).flatMap(([below, above]): Anomaly[] => {
    // Numbers that nobody recorded are somebody else's, and so is what lies between them.
    const ends = [below, above].filter((number) => !initial.has(number))
    const known = ends.flatMap((number) => adds.get(number) ?? [])
    if (known.length < ends.length || ends.length === 0) return []
    const sentence = `${spanOf(below, above)} missing between ${below} and ${above}`
    return [gap(key, sentence, known, above - below - 1)]
  })
}

function skippedByConsumers(
  history: History,
  key: string,
  finalState: State | undefined,
): Anomaly[] {
  const uncertain = new Set(
    history.operations.flatMap((operation) =>
      operation.kind === 'read' &&
      operation.of === 'delivery' &&
      operation.key === key &&
      operation.outcome === 'unknown'
        ? operation.process
        : [],
    ),
  )
  const committed = finalState && new Set(elementsIn(finalState, key))
  const deliveries = readsOf(history, 'delivery').filter((read) => read.key === key)
  const consumers = Map.groupBy(deliveries, ({ process }) => process)
  return [...consumers].flatMap(([process, reads]) =>
    uncertain.has(process) ? [] : skippedBy(process, reads, committed),
  )
}

function skippedBy(
  process: string,
  reads: KnownRead<'delivery'>[],
  committed: Set<Element> | undefined,
): Anomaly[] {
  const gotIn = new Map(reads.flatMap((read) => read.value.map((element) => [element, read])))
  return holesIn(numbersOf(gotIn.keys())).flatMap(([below, above]): Anomaly[] => {
    const skipped = committed
      ? numbersOf(committed).filter((number) => number > below && number < above).length
      : above - below - 1
    if (skipped === 0) return []
    const both = reads.find(({ value }) => value.includes(below) && value.includes(above))
    const witness = both ? [both] : [below, above].flatMap((number) => gotIn.get(number) ?? [])
    const sentence = `${process} got ${below} and ${above}, but never ${spanOf(below, above)}`
    return [gap(reads[0]?.key ?? '', sentence, witness, skipped)]
  })
}

function numbersOf(elements: Iterable<Element>): number[] {
  return [...elements]
    .filter((element): element is number => Number.isSafeInteger(element))
    .sort((a, b) => a - b)
}

/** The neighbours between which numbers are missing. */
function holesIn(sorted: readonly number[]): [below: number, above: number][] {
  return sorted.flatMap((above, index): [number, number][] => {
    const below = sorted[index - 1] ?? above
    return above - below > 1 ? [[below, above]] : []
  })
}

function spanOf(below: number, above: number): string {
  return above - below === 2 ? String(below + 1) : `${below + 1} to ${above - 1}`
}

function gap(key: string, sentence: string, witness: readonly Operation[], count: number): Anomaly {
  return { kind: 'gap', key, sentence, count, witness: inOrder(witness) }
}
