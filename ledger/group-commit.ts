import { LedgerError } from './ledger-error.ts'

export interface GroupCommitOptions<Item, Result> {
  /** Sends a group and returns a result for each item, in order. */
  send: (items: Item[]) => Promise<Result[]>
  sizeOf: (item: Item) => number
  /** What an item writes and reads: no item travels together with one that writes what it touches. @default nothing */
  touchedBy?: (item: Item) => Touched
  /** Whether a group's error may be that of one item alone. @default always */
  mayBeOfOneItem?: (error: unknown) => boolean
  /** @default 256 */
  itemsPerGroup?: number
  /** A group takes no further item once its sizes add up to this. @default 4_000_000 */
  sizePerGroup?: number
  /** More than this many waiting items are refused. @default 10_000 */
  waitingAtMost?: number
  /** While this much waits, nothing more is taken in. @default 100_000_000 */
  waitingSizeAtMost?: number
  /** How long an item may wait to be sent. @default 30_000 */
  waitAtMostMs?: number
}

export interface Touched {
  writes: string[]
  reads: string[]
}

/** @throws LedgerError 'overloaded' when too much waits, 'timed-out' when it waited too long. */
export type Submit<Item, Result> = (item: Item, signal?: AbortSignal) => Promise<Result>

type Waiting<Item, Result> = {
  item: Item
  settle: PromiseWithResolvers<Result>
  expiresAt: number
  givenUp: boolean
  /** Stops listening for the abort. */
  forget: () => void
}

/** What some items write, and what they write or read. */
type Scope = { written: Set<string>; touched: Set<string> }

/** One that is worked on, and one that has arrived when that is done. */
const groupsUnderWayAtMost = 2

/** As much as this goes into a group if it is there: what a call costs on its own is shared by it. */
const usefulItems = 32
const usefulSize = 100_000

/**
 * Collects what arrives while a group is under way and sends it as the next one, so that the cost
 * of a commit is shared (group commit: Gawlick and Kinkade, "Varieties of concurrency control in
 * IMS/VS Fast Path", 1985). Two groups are under way at a time, in no certain order; an item that
 * touches what one before it writes waits until that is done, so that all comes out as if they had
 * been sent one by one, in the order in which they came. When a group fails
 * over one of its items, they are sent again one by one, so that it fails alone: `send` must bear
 * being repeated.
 *
 * An abort takes effect as long as the item waits; once it is sent its result is returned.
 */
export function groupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): Submit<Item, Result> {
  const { send, sizeOf, touchedBy = touchesNothing, mayBeOfOneItem = () => true } = options
  const { itemsPerGroup = 256, sizePerGroup = 4_000_000, waitAtMostMs = 30_000 } = options
  const { waitingAtMost = 10_000, waitingSizeAtMost = 100_000_000 } = options
  let waiting: Waiting<Item, Result>[] = []
  let waitingSize = 0
  let itemsUnderWay = 0
  let sizeUnderWay = 0
  const scopesUnderWay = new Set<Scope>()
  let expiry: NodeJS.Timeout | undefined
  let departure: NodeJS.Immediate | undefined

  /** Once everybody who is at it has handed in: what comes in one turn of the event loop travels together. */
  function sendSoon(): void {
    departure ??= setImmediate(() => {
      departure = undefined
      while (waiting.length > 0 && scopesUnderWay.size < groupsUnderWayAtMost) {
        const scope = emptyScope()
        const group = nextGroup(scope)
        if (group.length === 0) return
        void sendAndHandOut(group, scope)
      }
    })
  }

  async function sendAndHandOut(group: Waiting<Item, Result>[], scope: Scope): Promise<void> {
    scopesUnderWay.add(scope)
    const size = group.reduce((sum, { item }) => sum + sizeOf(item), 0)
    itemsUnderWay += group.length
    sizeUnderWay += size
    const handOut = await sendGroup(group)
    scopesUnderWay.delete(scope)
    itemsUnderWay -= group.length
    sizeUnderWay -= size
    handOut()
    sendSoon()
  }

  function nextGroup(scope: Scope): Waiting<Item, Result>[] {
    // Half of all there is, so that the other half gets ready while this one is worked on.
    const items = Math.ceil((waiting.length + itemsUnderWay) / groupsUnderWayAtMost)
    const itemsAtMost = Math.min(itemsPerGroup, Math.max(usefulItems, items))
    const sizes = Math.ceil((waitingSize + sizeUnderWay) / groupsUnderWayAtMost)
    const sizeAtMost = Math.min(sizePerGroup, Math.max(usefulSize, sizes))
    const group: Waiting<Item, Result>[] = []
    const deferred: Waiting<Item, Result>[] = []
    const passedOver = emptyScope()
    let size = 0
    let seen = 0
    for (const next of waiting) {
      // Few of those that wait for others are looked past: a queue for one stream stays cheap.
      if (group.length === itemsAtMost || size >= sizeAtMost || deferred.length === itemsPerGroup)
        break
      seen += 1
      if (next.givenUp) continue
      const touched = touchedBy(next.item)
      const earlier = [scope, passedOver, ...scopesUnderWay]
      if (earlier.some((some) => dependsOn(touched, some))) {
        addTo(passedOver, touched)
        deferred.push(next)
      } else {
        addTo(scope, touched)
        group.push(next)
        next.forget()
        size += sizeOf(next.item)
      }
    }
    waiting = [...deferred, ...waiting.slice(seen)]
    waitingSize -= size
    return group
  }

  /** Returns what hands out the results. */
  async function sendGroup(group: Waiting<Item, Result>[]): Promise<() => void> {
    try {
      const results = await send(group.map(({ item }) => item))
      return () => {
        for (const [index, { settle }] of group.entries()) settle.resolve(results[index] as Result)
      }
    } catch (error) {
      if (group.length > 1 && mayBeOfOneItem(error)) return sendOneByOne(group)
      return () => {
        for (const { settle } of group) settle.reject(error)
      }
    }
  }

  async function sendOneByOne(group: Waiting<Item, Result>[]): Promise<() => void> {
    const handOuts: (() => void)[] = []
    for (const single of group) handOuts.push(await sendGroup([single]))
    return () => {
      for (const handOut of handOuts) handOut()
    }
  }

  function giveUp(given: Waiting<Item, Result>, reason: unknown): void {
    given.givenUp = true
    given.forget()
    waitingSize -= sizeOf(given.item)
    given.settle.reject(reason)
  }

  /** All wait equally long at most, so the first in the queue is the first to have waited too long. */
  function expire(): void {
    expiry = undefined
    const now = performance.now()
    for (const next of waiting) {
      if (next.expiresAt > now) return watchExpiry(next.expiresAt - now)
      if (!next.givenUp) giveUp(next, waitedTooLong(waitAtMostMs))
    }
  }

  function watchExpiry(delayMs: number): void {
    expiry ??= setTimeout(expire, delayMs + 1).unref()
  }

  return (item, signal) => {
    signal?.throwIfAborted()
    if (waiting.length >= waitingAtMost || waitingSize >= waitingSizeAtMost) {
      throw new LedgerError(
        'overloaded',
        `${waiting.length} commands of ${waitingSize} characters wait to be appended already; try again later.`,
      )
    }
    const settle = Promise.withResolvers<Result>()
    const expiresAt = performance.now() + waitAtMostMs
    const next = { item, settle, expiresAt, givenUp: false, forget: () => {} }
    if (signal) {
      const onAbort = (): void => giveUp(next, signal.reason)
      signal.addEventListener('abort', onAbort)
      next.forget = () => signal.removeEventListener('abort', onAbort)
    }
    waiting.push(next)
    waitingSize += sizeOf(item)
    watchExpiry(waitAtMostMs)
    sendSoon()
    return settle.promise
  }
}

function dependsOn({ writes, reads }: Touched, { written, touched }: Scope): boolean {
  return writes.some((key) => touched.has(key)) || reads.some((key) => written.has(key))
}

function emptyScope(): Scope {
  return { written: new Set(), touched: new Set() }
}

function addTo({ written, touched }: Scope, { writes, reads }: Touched): void {
  for (const key of writes) written.add(key)
  for (const key of [...writes, ...reads]) touched.add(key)
}

function touchesNothing(): Touched {
  return { writes: [], reads: [] }
}

function waitedTooLong(waitAtMostMs: number): LedgerError {
  return new LedgerError(
    'timed-out',
    `The command waited for ${waitAtMostMs} ms to be appended and was given up; nothing of it was written.`,
  )
}
