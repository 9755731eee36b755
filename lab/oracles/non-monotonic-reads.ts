import { inOrder, type Anomaly } from './anomaly.ts'
import {
  followsInSession,
  readsOf,
  type Element,
  type History,
  type KnownRead,
  type Write,
} from './history.ts'
import { latestOrigin, registerVersions, type RegisterVersions } from './register-versions.ts'

/**
 * Non-monotonic reads: a process reads, and what it reads next is older. Monotonic reads are a session
 * guarantee (Terry et al., Session Guarantees for Weakly Consistent Replicated Data, 1994; Bailis et al.
 * 2013): each read shows at least what the ones before it in its session showed.
 *
 * - a register shows a value that was there before the write began whose value was read earlier;
 * - a collection, which only grows, lacks an element that was read earlier;
 * - a counter, which only grows, shows less than was read earlier.
 */
export function findNonMonotonicReads(history: History): Anomaly[] {
  return [
    ...sessionsOf(readsOf(history, 'register')).flatMap((reads) => olderValues(history, reads)),
    ...sessionsOf(readsOf(history, 'collection')).flatMap(vanishedElements),
    ...sessionsOf(readsOf(history, 'counter')).flatMap(shrunkenSums),
  ]
}

type AnyRead = KnownRead<'register' | 'collection' | 'counter'>

/** The reads of one process of one key. */
function sessionsOf<Read extends AnyRead>(reads: readonly Read[]): Read[][] {
  const sessions = Map.groupBy(reads, ({ process, key }) => JSON.stringify([process, key]))
  return [...sessions.values()]
}

function olderValues(history: History, reads: KnownRead<'register'>[]): Anomaly[] {
  const key = reads[0]?.key ?? ''
  const versions = registerVersions(history, key)
  let newest: { read: KnownRead<'register'>; writer: Write } | undefined
  return reads.flatMap((read): Anomaly[] => {
    const seen = newest
    const writer = earliestWriter(versions, read.value)
    if (writer && (!seen || writer.invokedAt > seen.writer.invokedAt)) newest = { read, writer }
    const origin = latestOrigin(versions, read.value)
    if (!seen || !origin || !followsInSession(seen.read, read)) return []
    if (origin.thereAt >= seen.writer.invokedAt) return []
    const before = origin.writer ? [origin.writer] : []
    return [nonMonotonic(seen.read, read, [...before, seen.writer])]
  })
}

/** Of those that may have written a value, the first: it is no older than that. */
function earliestWriter(
  { writersOf, isInitial }: RegisterVersions,
  value: KnownRead<'register'>['value'],
): Write | undefined {
  if (isInitial(value)) return undefined
  return writersOf(value).reduce<Write | undefined>(
    (first, write) => (first && first.invokedAt <= write.invokedAt ? first : write),
    undefined,
  )
}

function vanishedElements(reads: KnownRead<'collection'>[]): Anomaly[] {
  const seenIn = new Map<Element, KnownRead<'collection'>>()
  return reads.flatMap((read): Anomaly[] => {
    const there = new Set(read.value)
    const vanished = seenIn
      .entries()
      .find(([element, earlier]) => !there.has(element) && followsInSession(earlier, read))
    for (const element of there) if (!seenIn.has(element)) seenIn.set(element, read)
    return vanished ? [nonMonotonic(vanished[1], read, [])] : []
  })
}

function shrunkenSums(reads: KnownRead<'counter'>[]): Anomaly[] {
  let greatest: KnownRead<'counter'> | undefined
  return reads.flatMap((read): Anomaly[] => {
    const seen = greatest
    if (!seen || read.value > seen.value) greatest = read
    const shrunken = seen && read.value < seen.value && followsInSession(seen, read)
    return shrunken ? [nonMonotonic(seen, read, [])] : []
  })
}

function nonMonotonic(earlier: AnyRead, later: AnyRead, writes: Write[]): Anomaly {
  const sentence = `${later.process} read something older in #${later.index} than before in #${earlier.index}`
  const witness = inOrder([...writes, earlier, later])
  return { kind: 'non-monotonic read', key: later.key, sentence, count: 1, witness }
}
