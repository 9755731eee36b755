import { inOrder, type Anomaly } from './anomaly.ts'
import { addsOf, readsOf, type Add, type Element, type History, type KnownRead } from './history.ts'

/** A transaction that looked at a collection and then added to it. */
type LookedAndAdded = { read: KnownRead<'collection'>; there: Set<Element>; add: Add }

/**
 * Write skews over a predicate: two committed transactions each read a collection, neither sees what the
 * other adds, and both add to it, so that a check (is there room left?) held for each and holds no
 * longer: A5B of Berenson et al. (1995) with a predicate, two anti-dependencies in a circle, Adya's G2
 * (1999). Snapshot isolation allows it, serializability does not. One for each transaction beyond the
 * first.
 */
export function findWriteSkews(history: History): Anomaly[] {
  const byKey = Map.groupBy(lookedAndAdded(history), ({ read }) => read.key)
  return [...byKey.values()].flatMap((units) =>
    units.flatMap((unit, index): Anomaly[] => {
      const other = units.slice(0, index).find((earlier) => neitherSaw(earlier, unit))
      if (!other) return []
      const { read, add } = unit
      const sentence = `${other.read.process} added ${JSON.stringify(other.add.value)} and ${read.process} ${JSON.stringify(add.value)}, and neither saw the other’s`
      const witness = inOrder([other.read, other.add, read, add])
      return [{ kind: 'write skew', key: read.key, sentence, count: 1, witness }]
    }),
  )
}

function neitherSaw(one: LookedAndAdded, other: LookedAndAdded): boolean {
  return !one.there.has(other.add.value) && !other.there.has(one.add.value)
}

/** Of each committed transaction and collection: its first read, and what it then added first. */
function lookedAndAdded(history: History): LookedAndAdded[] {
  const unitOf = ({ transaction, key }: { transaction: string | undefined; key: string }) =>
    JSON.stringify([transaction, key])
  const adds = Map.groupBy(
    addsOf(history).filter(({ outcome }) => outcome === 'ok'),
    unitOf,
  )
  const reads = Map.groupBy(readsOf(history, 'collection'), unitOf)
  return [...reads.values()].flatMap(([read]): LookedAndAdded[] => {
    if (!read || read.transaction === undefined) return []
    const add = adds.get(unitOf(read))?.find(({ index }) => index > read.index)
    return add ? [{ read, there: new Set(read.value), add }] : []
  })
}
