import { Worker } from 'node:worker_threads'

/** What both threads see: a counter of what was told, and the instant, in ms of the clock. */
export type AlarmMemory = { changes: Int32Array; instant: Float64Array }

/** A clock that rings once. */
export type Alarm = {
  /** At this instant of `performance.now()`, instead of the one before. */
  set(dueAt: number): void
}

/** One clock for all threads: that of `performance` begins anew in each. */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/**
 * An alarm that rings within a few hundredths of a millisecond. Node's timers are whole milliseconds
 * and 1 to 2 ms late; a thread that sleeps on a futex is not, and costs nothing while it sleeps.
 */
export function createAlarm(ring: () => void): Alarm {
  const memory: AlarmMemory = {
    changes: new Int32Array(new SharedArrayBuffer(4)),
    instant: new Float64Array(new SharedArrayBuffer(8)).fill(Infinity),
  }
  const thread = new Worker(new URL('./alarm-thread.ts', import.meta.url), { workerData: memory })
  thread.on('message', ring)
  thread.unref()
  const offsetMs = clockMs() - performance.now()
  return {
    set: (dueAt) => {
      memory.instant[0] = offsetMs + dueAt
      Atomics.add(memory.changes, 0, 1)
      Atomics.notify(memory.changes, 0)
    },
  }
}
