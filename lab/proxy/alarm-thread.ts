import { parentPort, workerData } from 'node:worker_threads'
import { clockMs, type AlarmMemory } from './alarm.ts'

/** Sleeps until the instant that it is told, and says so. It is woken up when it is told another. */
const { changes, instant } = workerData as AlarmMemory // as `createAlarm` made it

for (;;) {
  const change = Atomics.load(changes, 0)
  const remainingMs = (instant[0] ?? Infinity) - clockMs()
  const woken = remainingMs > 0 ? Atomics.wait(changes, 0, change, remainingMs) : 'timed-out'
  if (woken !== 'timed-out') continue
  parentPort?.postMessage('now')
  Atomics.wait(changes, 0, change)
}
