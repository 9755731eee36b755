import { setTimeout as delay } from 'node:timers/promises'
import type { LoadReport } from '../api-types.ts'
import type { Random } from '../random.ts'
import type { Send, SettledCall } from './call.ts'
import { CallsUnderWay } from './calls-under-way.ts'
import { Tally } from './tally.ts'
import { drawTraces } from './trace-context.ts'

/** A closed load: at least one of `forMs` and `calls` ends it. */
export type ClosedLoad = {
  /** Callers, each of whom waits for an answer before asking again. */
  workers: number
  /** How long a worker waits between an answer and its next call. @default 0 */
  thinkTimeMs?: number
  send: Send
  /** A call is given up then; its worker goes on when `send` has returned. */
  deadlineMs: number
  signal: AbortSignal
  /** @default 0 */
  warmupMs?: number
  /** Which share of the calls carries a trace id. @default none */
  traces?: { share: number; random: Random }
  onSettled?: (call: SettledCall) => void
} & ({ forMs: number; calls?: number } | { forMs?: number; calls: number })

/**
 * A closed load, for scenarios that are about one: a number of workers, of whom each waits for its
 * answer. A subject that slows down is asked less often and so looks better than it is (coordinated
 * omission); where that is not the point, use `runLoad`.
 *
 * @throws the signal's reason when it is aborted.
 */
export async function runClosedLoad(order: ClosedLoad): Promise<LoadReport> {
  const { send, deadlineMs, signal, warmupMs = 0, thinkTimeMs = 0, traces } = order
  const { forMs = Number.POSITIVE_INFINITY, calls: mostCalls = Number.POSITIVE_INFINITY } = order
  const startedAt = performance.now()
  const now = () => performance.now() - startedAt
  const tally = new Tally({ fromMs: warmupMs, toMs: forMs })
  const onSettled = (call: SettledCall) => {
    tally.settled(call)
    order.onSettled?.(call)
  }
  const calls = new CallsUnderWay({ send, deadlineMs, onSettled, now })
  const nextTrace = traces ? drawTraces(traces) : () => undefined
  let next = 0
  const work = async () => {
    while (next < mostCalls && now() < forMs) {
      signal.throwIfAborted()
      await calls.start({ number: next++, intendedMs: now(), traceparent: nextTrace() })
      if (thinkTimeMs > 0) await delay(thinkTimeMs, undefined, { signal })
    }
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = () => {
    calls.abort(signal.reason)
    reject(signal.reason)
  }
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  try {
    await Promise.race([Promise.all(Array.from({ length: order.workers }, work)), aborted])
    tally.endAt(Math.min(forMs, now()))
    return tally.report('closed')
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
