import type { Pool } from 'pg'
import { createDoorbell, type Doorbell } from './doorbell.ts'
import { listenToLog } from './log-listener.ts'
import { isPassing } from './passing-error.ts'
import type { LogFilter, ReadLogOptions } from './read.ts'
import type { RecordedEvent } from './recorded-event.ts'

export interface ReadOnOptions extends LogFilter {
  /** Begins after this position. @default 0 */
  after?: number
  /** Events read at a time, which is how many are kept in memory. @default 1_000 */
  pageSize?: number
}

export interface SubscribeOptions extends ReadOnOptions {
  /** Ends the subscription. */
  signal: AbortSignal
  /** How often to look for events that no notification told of. @default 1_000 */
  pollMs?: number
}

interface Log {
  readLog(options: ReadLogOptions): Promise<RecordedEvent[]>
  head(): Promise<{ position: number }>
}

/** What one query looks through at most, so that a filter that few events pass stays within its time. */
const positionsPerPage = 100_000
const retryAtMostMs = 2_000

/** Every event that passes the filter, up to the head as it is now. */
export async function* readOn(log: Log, options: ReadOnOptions): AsyncGenerator<RecordedEvent> {
  const { position: head } = await log.head()
  let reached = options.after ?? 0
  while (reached < head) {
    const page = await nextPage(log, options, reached, head)
    yield* page.events
    reached = page.reached
  }
}

/**
 * Positions are dense and given in the order of the commits, so whoever has seen position n has
 * missed nothing before it: the position reached is all that there is to keep, whatever happens to
 * the connection.
 */
export async function* subscribe(
  log: Log & { pool: Pool },
  options: SubscribeOptions,
): AsyncGenerator<RecordedEvent> {
  const { signal, pollMs = 1_000 } = options
  const bell = createDoorbell()
  const ring = (): void => bell.ring()
  signal.addEventListener('abort', ring)
  await using _listener = listenToLog(log.pool, ring)
  let reached = options.after ?? 0
  try {
    while (!signal.aborted) {
      const { position: head } = await patiently(log.head, bell, signal)
      while (reached < head && !signal.aborted) {
        const page = await patiently(() => nextPage(log, options, reached, head), bell, signal)
        for (const event of page.events) {
          if (signal.aborted) return
          yield event
        }
        reached = page.reached
      }
      if (!signal.aborted) await bell.wait(pollMs)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', ring)
  }
}

/** The next events that pass the filter, and the position up to which there are no others. */
async function nextPage(
  log: Log,
  { types, streamPrefix, pageSize = 1_000 }: ReadOnOptions,
  after: number,
  head: number,
): Promise<{ events: RecordedEvent[]; reached: number }> {
  const through = Math.min(head, after + positionsPerPage)
  const events = await log.readLog({
    ...{ after, through, limit: pageSize },
    ...(types && { types }),
    ...(streamPrefix !== undefined && { streamPrefix }),
  })
  const last = events.length === pageSize ? events.at(-1) : undefined
  return { events, reached: last?.position ?? through }
}

/** Tries again for as long as the server is away, waiting longer each time up to a limit. */
async function patiently<Result>(
  work: () => Promise<Result>,
  bell: Doorbell,
  signal: AbortSignal,
): Promise<Result> {
  for (let waitMs = 50; ; waitMs = Math.min(2 * waitMs, retryAtMostMs)) {
    try {
      return await work()
    } catch (error) {
      if (signal.aborted || !isPassing(error)) throw error
      await bell.wait(waitMs)
    }
  }
}
