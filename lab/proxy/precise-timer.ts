/**
 * Calls back at an instant of `performance.now()`, within a few hundredths of a millisecond where
 * the event loop is free. Node's own timers are whole milliseconds and 1 to 2 ms late. So the coarse
 * one wakes up early, and the last bit is passed by turning the event loop, which goes on with
 * everything else meanwhile. That costs a core's time, but only while something is due.
 */
export type Cancel = () => void

type Waiting = { dueAt: number; run: () => void }

/** How much too early the coarse timer is set, and from where on the loop is turned instead. */
const earlyMs = 1.5

/** The next one due is the last. */
const waiting: Waiting[] = []
let timer: NodeJS.Timeout | undefined
let turn: NodeJS.Immediate | undefined

export function callAt(dueAt: number, run: () => void): Cancel {
  const entry = { dueAt, run }
  const index = placeOf(dueAt)
  waiting.splice(index, 0, entry)
  if (index === waiting.length - 1) arm()
  return () => {
    // Among those that are due at the same time it is somewhere from its place on.
    const place = waiting.indexOf(entry, placeOf(dueAt))
    if (place === -1) return
    waiting.splice(place, 1)
    if (place === waiting.length) arm()
  }
}

function wake(): void {
  timer = turn = undefined
  const now = performance.now()
  for (;;) {
    const next = waiting.at(-1)
    if (next === undefined || next.dueAt > now) break
    waiting.pop()
    next.run()
  }
  arm()
}

function arm(): void {
  clearTimeout(timer)
  clearImmediate(turn)
  timer = turn = undefined
  const next = waiting.at(-1)
  if (next === undefined) return
  const remainingMs = next.dueAt - performance.now()
  if (remainingMs > earlyMs + 1) timer = setTimeout(wake, Math.floor(remainingMs - earlyMs))
  else turn = setImmediate(wake)
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
