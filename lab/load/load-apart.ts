import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LoadReport } from '../api-types.ts'
import { latenessLimitMs } from './run-load.ts'
import { Tally, type EncodedTally } from './tally.ts'

/** An open load made by threads of their own. All of it is plain data. */
export type LoadApart = {
  /** A module whose default export takes `data` and answers a `Sender`, such as `httpSenderModule`. */
  sender: URL
  data: unknown
  /** @default 1 */
  threads?: number
  arrivals: readonly number[]
  deadlineMs: number
  /** Over all threads. */
  inFlightAtMost: number
  signal: AbortSignal
  /** @default 0 */
  warmupMs?: number
  /** @default 10 */
  latenessLimitMs?: number
  /** Which share of the calls carries a trace id. @default none */
  traces?: { share: number; seed: number }
}

/** Sends HTTP requests; its data is an `HttpPlan`. */
export const httpSenderModule = new URL('./http-sender.ts', import.meta.url)

/** What a thread is started with: its part of the load. */
export type ThreadOrder = Omit<LoadApart, 'signal' | 'sender' | 'threads'> & {
  sender: string
  thread: number
  /** The last arrival of the whole load. */
  endMs: number
}

/** What a thread says. */
export type ThreadMessage = 'ready' | { tally: EncodedTally }

const leadMs = 20

/**
 * `runLoad` on threads of their own, where the subject shares the process of the scenario: else its
 * event loop would delay the questions and the answers would be read late, and the load would take
 * its time from it in turn.
 *
 * @throws the signal's reason when it is aborted, and what the sender's module threw.
 */
export async function runLoadApart(order: LoadApart): Promise<LoadReport> {
  const { signal, threads = 1 } = order
  signal.throwIfAborted()
  const workers = Array.from({ length: threads }, (_, thread) => {
    const worker = new Worker(new URL('./load-thread.ts', import.meta.url), {
      workerData: orderOf(order, thread, threads),
    })
    worker.on('error', () => {}) // each wait below rejects with it
    return worker
  })
  try {
    await Promise.all(workers.map((worker) => next(worker, signal)))
    const startsAt = performance.timeOrigin + performance.now() + leadMs
    for (const worker of workers) worker.postMessage({ startsAt })
    const messages = await Promise.all(workers.map((worker) => next(worker, signal)))
    const tally = new Tally({ fromMs: order.warmupMs ?? 0, toMs: order.arrivals.at(-1) ?? 0 })
    for (const message of messages) if (message !== 'ready') tally.add(message.tally)
    return tally.report({ latenessLimitMs: order.latenessLimitMs ?? latenessLimitMs })
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** Arrivals are dealt out in turn, so that every thread has the load's own shape. */
function orderOf(
  { sender, signal: _, threads: _threads, ...order }: LoadApart,
  thread: number,
  threads: number,
): ThreadOrder {
  return {
    ...order,
    sender: sender.href,
    thread,
    arrivals: order.arrivals.filter((_arrival, index) => index % threads === thread),
    inFlightAtMost: Math.ceil(order.inFlightAtMost / threads),
    endMs: order.arrivals.at(-1) ?? 0,
  }
}

async function next(worker: Worker, signal: AbortSignal): Promise<ThreadMessage> {
  const ended = new AbortController()
  const exited = once(worker, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`A thread of the load ended by itself, with exit code ${code}`)
  })
  exited.catch(() => {})
  try {
    const message = once(worker, 'message', { signal })
    const [said] = (await Promise.race([message, exited])) as [ThreadMessage]
    return said
  } catch (error) {
    throw signal.aborted ? signal.reason : error
  } finally {
    ended.abort()
  }
}
