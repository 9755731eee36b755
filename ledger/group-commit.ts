import { LedgerError } from './ledger-error.ts'

export interface GroupCommitOptions<Item, Result> {
  /** Sends a group and returns a result for each item, in order. */
  send: (items: Item[]) => Promise<Result[]>
  sizeOf: (item: Item) => number
  /** Whether a group's error may be that of one item alone. @default always */
  mayBeOfOneItem?: (error: unknown) => boolean
  /** @default 256 */
  itemsPerGroup?: number
  /** A group takes no further item once its sizes add up to this. @default 4_000_000 */
  sizePerGroup?: number
  /** More than this many waiting items are refused. @default 10_000 */
  waitingAtMost?: number
}

type Waiting<Item, Result> = {
  item: Item
  signal: AbortSignal | undefined
  settle: PromiseWithResolvers<Result>
}

/**
 * Collects what arrives while a group is under way and sends it as the next one, so that the cost
 * of a commit is shared (group commit: Gawlick and Kinkade, "Varieties of concurrency control in
 * IMS/VS Fast Path", 1985). When a group fails over one of its items, they are sent again one by
 * one, so that it fails alone: `send` must bear being repeated.
 *
 * An abort takes effect as long as the item waits; once it is sent its result is returned.
 */
export function groupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): (item: Item, signal?: AbortSignal) => Promise<Result> {
  const { send, sizeOf, itemsPerGroup = 256, sizePerGroup = 4_000_000 } = options
  const { waitingAtMost = 10_000, mayBeOfOneItem = () => true } = options
  const waiting: Waiting<Item, Result>[] = []
  let underWay = false

  async function sendAll(): Promise<void> {
    underWay = true
    for (let group = nextGroup(); group.length > 0; group = nextGroup()) await sendGroup(group)
    underWay = false
  }

  function nextGroup(): Waiting<Item, Result>[] {
    const group: Waiting<Item, Result>[] = []
    let size = 0
    while (waiting.length > 0 && group.length < itemsPerGroup && size < sizePerGroup) {
      const next = waiting.shift()
      if (next?.signal?.aborted) next.settle.reject(next.signal.reason)
      else if (next) {
        group.push(next)
        size += sizeOf(next.item)
      }
    }
    return group
  }

  async function sendGroup(group: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await send(group.map(({ item }) => item))
      for (const [index, { settle }] of group.entries()) settle.resolve(results[index] as Result)
    } catch (error) {
      if (group.length > 1 && mayBeOfOneItem(error)) {
        for (const single of group) await sendGroup([single])
      } else {
        for (const { settle } of group) settle.reject(error)
      }
    }
  }

  return (item, signal) => {
    signal?.throwIfAborted()
    if (waiting.length >= waitingAtMost) {
      throw new LedgerError(
        'overloaded',
        `${waitingAtMost} commands wait to be appended already; try again later.`,
      )
    }
    const settle = Promise.withResolvers<Result>()
    waiting.push({ item, signal, settle })
    if (!underWay) void sendAll()
    return settle.promise
  }
}
