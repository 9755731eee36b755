import { inOrder, type Anomaly } from './anomaly.ts'
import {
  addsOf,
  elementsIn,
  readsOf,
  type Add,
  type Element,
  type History,
  type KnownRead,
  type State,
} from './history.ts'

/**
 * Duplicates: what was to be there once is there more often. An element stands for one intent, so that
 * a request which is tried again appends the same element again.
 *
 * - in the final state, or in a read of the whole, a recorded element occurs more than once (the
 *   duplicates of Elle's list-append and of Jepsen's set tests);
 * - the system chose the same element, a number or an id, for two acknowledged creations;
 * - a consumer got an element more than once: delivery was not exactly once.
 *
 * What was never recorded as added is not judged; an unknown outcome makes no second one right.
 */
export function findDuplicates(history: History, finalState: State = {}): Anomaly[] {
  return [
    ...addedOnceThereTwice(history, finalState),
    ...chosenTwice(history),
    ...deliveredTwice(history),
  ]
}

function addedOnceThereTwice(history: History, finalState: State): Anomaly[] {
  const reads = Map.groupBy(readsOf(history, 'collection'), ({ key }) => key)
  const adds = Map.groupBy(addsOf(history), ({ key }) => key)
  return [...adds].flatMap(([key, ofKey]) => {
    const shown = new Map<Element, { times: number; read: KnownRead<'collection'> | undefined }>()
    const look = (elements: readonly Element[], read?: KnownRead<'collection'>) => {
      for (const [element, times] of repeated(elements)) {
        if (!shown.has(element)) shown.set(element, { times, read })
      }
    }
    look(elementsIn(finalState, key))
    for (const read of reads.get(key) ?? []) look(read.value, read)
    const firstAdds = new Map(ofKey.toReversed().map((add) => [add.value, add]))
    return [...shown].flatMap(([element, { times, read }]): Anomaly[] => {
      const add = firstAdds.get(element)
      if (!add) return []
      const sentence = `${JSON.stringify(element)} is there ${times} times`
      return [duplicate(key, sentence, read ? [add, read] : [add], times - 1)]
    })
  })
}

function chosenTwice(history: History): Anomaly[] {
  const created = addsOf(history).filter(
    ({ kind, outcome }) => kind === 'create' && outcome === 'ok',
  )
  const same = Map.groupBy(created, ({ key, value }) => JSON.stringify([key, value]))
  return [...same.values()].flatMap(([first, ...others]) =>
    others.map((other) => {
      const sentence = `${JSON.stringify(other.value)} was given to ${first?.process} and to ${other.process}`
      return duplicate(other.key, sentence, [first as Add, other]) // there are others only after a first
    }),
  )
}

function deliveredTwice(history: History): Anomaly[] {
  const deliveries = readsOf(history, 'delivery')
  const consumers = Map.groupBy(deliveries, ({ process, key }) => JSON.stringify([process, key]))
  return [...consumers.values()].flatMap((reads) => {
    const gotIn = new Map<Element, KnownRead<'delivery'>>()
    return reads.flatMap((read) =>
      read.value.flatMap((element): Anomaly[] => {
        const before = gotIn.get(element)
        if (!before) gotIn.set(element, read)
        if (!before) return []
        const sentence = `${read.process} got ${JSON.stringify(element)} again`
        return [duplicate(read.key, sentence, [before, read])]
      }),
    )
  })
}

function repeated(elements: readonly Element[]): [Element, number][] {
  const counts = new Map<Element, number>()
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1)
  return [...counts].filter(([, times]) => times > 1)
}

function duplicate(key: string, sentence: string, witness: Anomaly['witness'], count = 1): Anomaly {
  return { kind: 'duplicate', key, sentence, count, witness: inOrder(witness) }
}
