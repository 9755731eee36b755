import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import type { LoadReport } from '../api-types.ts'
import type { Random } from '../random.ts'
import type { Send, SettledCall } from './call.ts'
import { CallsUnderWay } from './calls-under-way.ts'
import { Tally } from './tally.ts'
import { drawTraces } from './trace-context.ts'

/** An open load. */
export type OpenLoad = {
  /** From `drawArrivals`: when each call is to start, in milliseconds from the beginning. */
  arrivals: readonly number[]
  send: Send
  /** From the intended start. A call is given up then, and is no goodput. */
  deadlineMs: number
  /**
   * A call that would be one too many, or whose deadline has passed before it could begin, is shed and
   * counted; the schedule was then not kept.
   */
  inFlightAtMost: number
  signal: AbortSignal
  /** Calls intended before are made, but not counted. @default 0 */
  warmupMs?: number
  /** How late calls may begin at the 99th percentile for the schedule to be kept. @default 10 */
  latenessLimitMs?: number
  /** Which share of the calls carries a trace id. @default none */
  traces?: { share: number; random: Random }
  /** Told of every call that ended, those of the warm-up included. */
  onSettled?: (call: SettledCall) => void
}

/** Node's timers are late by up to 7 ms at the 99th percentile where a core is burned. */
export const latenessLimitMs = 10

/** Calls that are begun without looking at what has come back. */
const mostAtOnce = 64

/**
 * Starts every call at its intended instant, whatever came of those before: slow answers don't slow
 * the questions. Latency is measured from the intended start, so that a call which had to wait to
 * begin is not reported as fast (coordinated omission: Tene, How NOT to Measure Latency, 2015).
 *
 * The schedule was kept when nothing was shed and 99 % of the calls began at most `latenessLimitMs`
 * late; a run whose load did not keep it is inconclusive (see `ArmResult.load`).
 *
 * @throws the signal's reason when it is aborted.
 */
export async function runLoad(order: OpenLoad): Promise<LoadReport> {
  const tally = await followSchedule(order)
  return tally.report({ latenessLimitMs: order.latenessLimitMs ?? latenessLimitMs })
}

/** The same for one of several threads, which share the start (the epoch's) and the window's end. */
export async function followSchedule(
  order: OpenLoad,
  { startsAt, endMs }: { startsAt: number; endMs: number } = {
    startsAt: epochNow(),
    endMs: order.arrivals.at(-1) ?? 0,
  },
): Promise<Tally> {
  const { arrivals, send, deadlineMs, inFlightAtMost, signal, warmupMs = 0, traces } = order
  const now = () => epochNow() - startsAt
  const tally = new Tally({ fromMs: warmupMs, toMs: endMs })
  const onSettled = (call: SettledCall) => {
    tally.settled(call)
    order.onSettled?.(call)
  }
  const calls = new CallsUnderWay({ send, deadlineMs, onSettled, now })
  const nextTrace = traces ? drawTraces(traces) : () => undefined
  const abort = () => calls.abort(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    for (const [number, intendedMs] of arrivals.entries()) {
      const traceparent = nextTrace()
      // Timers have whole milliseconds: what is due within one is started together.
      for (let earlyMs = intendedMs - now(); earlyMs > 0; earlyMs = intendedMs - now()) {
        await delay(Math.ceil(earlyMs), undefined, { signal })
      }
      // A schedule that is behind must not keep the answers waiting as well.
      if (number % mostAtOnce === 0) await nextTurn()
      signal.throwIfAborted()
      // What could be no goodput any more would only make what comes after it later still.
      const expired = now() >= intendedMs + deadlineMs
      if (expired || calls.count >= inFlightAtMost) tally.shed(intendedMs)
      else void calls.start({ number, intendedMs, traceparent })
    }
    const { abandoned } = await calls.drained()
    signal.throwIfAborted()
    tally.abandoned(abandoned)
    return tally
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    signal.removeEventListener('abort', abort)
    calls.abort(signal.reason)
  }
}

function epochNow(): number {
  return performance.timeOrigin + performance.now()
}
