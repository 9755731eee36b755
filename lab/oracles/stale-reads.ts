import { inOrder, type Anomaly } from './anomaly.ts'
import { smallestAbove } from './counter-sums.ts'
import { addsOf, readsOf, type History, type Increment, type KnownRead } from './history.ts'
import { countBefore, latestOrigin, newestBefore, registerVersions } from './register-versions.ts'

/**
 * Stale reads: a read that began after a change was acknowledged and shows what was before it. No
 * linearizable object does that (Herlihy and Wing 1990), and no strictly serializable database
 * (Jepsen's stale reads): the recency that Bailis et al. (Highly Available Transactions, 2013) name as
 * what no highly available system can promise.
 *
 * - a register shows a value that was there, if at all, before a write began that was acknowledged
 *   before the read began;
 * - a collection, which only grows, lacks an element that was acknowledged before;
 * - a counter, which only grows, shows less than what was acknowledged before adds up to.
 *
 * Changes with an unknown outcome may take effect at any later time, and raise no alarm.
 */
export function findStaleReads(history: History): Anomaly[] {
  return [...staleRegisters(history), ...staleCollections(history), ...staleCounters(history)]
}

function staleRegisters(history: History): Anomaly[] {
  return byKey(readsOf(history, 'register')).flatMap(([key, reads]) => {
    const versions = registerVersions(history, key)
    return reads.flatMap((read): Anomaly[] => {
      const origin = latestOrigin(versions, read.value)
      const newer = newestBefore(versions, read.invokedAt)
      if (!origin || !newer || newer.invokedAt <= origin.thereAt) return []
      const shown = JSON.stringify(read.value)
      const sentence = `${read.process} read ${shown} after ${JSON.stringify(newer.value)} had been acknowledged`
      return [staleRead(read, sentence, origin.writer ? [origin.writer, newer] : [newer])]
    })
  })
}

function staleCollections(history: History): Anomaly[] {
  const adds = Map.groupBy(
    addsOf(history).filter(({ outcome }) => outcome === 'ok'),
    ({ key }) => key,
  )
  return byKey(readsOf(history, 'collection')).flatMap(([key, reads]) => {
    const sorted = (adds.get(key) ?? []).sort((a, b) => a.completedAt - b.completedAt)
    return reads.flatMap((read): Anomaly[] => {
      const there = new Set(read.value)
      const missing = sorted
        .slice(0, countBefore(sorted, read.invokedAt))
        .filter(({ value }) => !there.has(value))
      const [first] = missing
      if (!first) return []
      const others = missing.length > 1 ? ` and ${missing.length - 1} others` : ''
      const sentence = `${read.process} did not see ${JSON.stringify(first.value)}${others}, which had been acknowledged`
      return [staleRead(read, sentence, [first])]
    })
  })
}

function staleCounters(history: History): Anomaly[] {
  const increments = Map.groupBy(
    history.operations.filter(
      (operation): operation is Increment =>
        operation.kind === 'increment' && operation.outcome === 'ok',
    ),
    ({ key }) => key,
  )
  return byKey(readsOf(history, 'counter')).flatMap(([key, reads]) => {
    const sorted = (increments.get(key) ?? []).sort((a, b) => a.completedAt - b.completedAt)
    const initial = Number(history.initial[key] ?? 0)
    return reads.flatMap((read): Anomaly[] => {
      const acknowledged = sorted.slice(0, countBefore(sorted, read.invokedAt))
      const shown = smallestAbove(acknowledged, read.value - initial)
      if (!shown) return []
      const sum = acknowledged.reduce((total, { by }) => total + by, initial)
      const sentence = `${read.process} read ${read.value} after ${sum} had been acknowledged`
      return [staleRead(read, sentence, shown)]
    })
  })
}

function staleRead(
  read: KnownRead<'register' | 'collection' | 'counter'>,
  sentence: string,
  changes: Anomaly['witness'],
): Anomaly {
  const witness = inOrder([...changes, read])
  return { kind: 'stale read', key: read.key, sentence, count: 1, witness }
}

function byKey<Item extends { key: string }>(items: readonly Item[]): [string, Item[]][] {
  return [...Map.groupBy(items, ({ key }) => key)]
}
