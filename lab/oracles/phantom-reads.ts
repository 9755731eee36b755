import { inOrder, type Anomaly } from './anomaly.ts'
import { addsOf, readsOf, type History, type KnownRead } from './history.ts'

/**
 * Phantom reads: a committed transaction reads the same collection (the rows of a predicate) twice, and
 * the second time there is an element that another transaction has added in between: A3 of Berenson et
 * al. (1995), which Adya's PL-2.99 (1999) still allows and PL-3 does not. One for each transaction and
 * collection.
 *
 * What a transaction reads that does not commit is no promise broken. An element whose adding has an
 * unknown outcome, and which was read all the same, was added.
 */
export function findPhantomReads(history: History): Anomaly[] {
  const adds = Map.groupBy(addsOf(history), ({ key, value }) => JSON.stringify([key, value]))
  return repeatedReads(history).flatMap((reads): Anomaly[] => {
    for (const [index, later] of reads.entries()) {
      const earlier = reads[index - 1]
      if (!earlier) continue
      const before = new Set(earlier.value)
      for (const element of later.value) {
        if (before.has(element)) continue
        const addedBy = adds.get(JSON.stringify([later.key, element])) ?? []
        const own = addedBy.some(({ transaction }) => transaction === later.transaction)
        const [other] = addedBy
        if (own || !other) continue
        const sentence = `${later.process} read twice, and the second time ${JSON.stringify(element)} was there too`
        const witness = inOrder([earlier, later, other])
        return [{ kind: 'phantom read', key: later.key, sentence, count: 1, witness }]
      }
    }
    return []
  })
}

/** Of each transaction and collection, the reads. */
function repeatedReads(history: History): KnownRead<'collection'>[][] {
  const reads = readsOf(history, 'collection').filter(
    ({ transaction }) => transaction !== undefined,
  )
  return [
    ...Map.groupBy(reads, ({ transaction, key }) => JSON.stringify([transaction, key])).values(),
  ]
}
