import { createAlarm, type Alarm } from './alarm.ts'

export type Cancel = () => void

type Waiting = { dueAt: number; run: () => void }

/** The next one due is the last. */
const waiting: Waiting[] = []
/** For which instant the alarm is set. */
let alarmAt = Infinity
let alarm: Alarm | undefined

/** Calls back at an instant of `performance.now()`, never before it; those of the same as they asked. */
export function callAt(dueAt: number, run: () => void): Cancel {
  const entry = { dueAt, run }
  waiting.splice(placeOf(dueAt), 0, entry)
  setAlarm()
  return () => {
    // Among those that are due at the same time it is somewhere from its place on.
    const place = waiting.indexOf(entry, placeOf(dueAt))
    if (place !== -1) waiting.splice(place, 1)
  }
}

function ring(): void {
  alarmAt = Infinity
  const now = performance.now()
  for (;;) {
    const next = waiting.at(-1)
    if (next === undefined || next.dueAt > now) break
    waiting.pop()
    next.run()
  }
  setAlarm()
}

/** An alarm that is set too early, for something that was cancelled, rings for nothing and is set again. */
function setAlarm(): void {
  const dueAt = waiting.at(-1)?.dueAt ?? Infinity
  if (dueAt >= alarmAt) return
  alarmAt = dueAt
  alarm ??= createAlarm(ring)
  alarm.set(dueAt)
}

/** Before those that are due at the same time, so that they are called in the order in which they asked. */
function placeOf(dueAt: number): number {
  let low = 0
  let high = waiting.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((waiting[middle]?.dueAt ?? 0) > dueAt) low = middle + 1
    else high = middle
  }
  return low
}
