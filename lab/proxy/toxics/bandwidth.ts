import { end, fewBytes, manyBytes } from './stage.ts'
import type { Item, Stage, StageContext, ToxicOf } from './stage.ts'

/** How often bytes are let through, and how much of its rate it holds: 20 times that. */
const tickMs = 5
const heldMs = 100

/**
 * Lets bytes through at its rate. A byte passes once its time on the wire is over, and time is
 * counted from when the wire was last idle, not from tick to tick: a late timer costs nothing.
 */
export function bandwidthStage(toxic: ToxicOf<'bandwidth'>, context: StageContext): Stage {
  let bytesPerMs = toxic.attributes.rate
  let queue: Item[] = []
  let heldBytes = 0
  /** Until when the bytes that were let through have occupied the wire. */
  let wireFreeAt = 0
  let timer: NodeJS.Timeout | undefined

  const pass = (): void => {
    timer = undefined
    let allowed = Math.floor((performance.now() - wireFreeAt) * bytesPerMs)
    for (let item = queue[0]; item !== undefined; item = queue[0]) {
      if (item === end) {
        queue.shift()
        stage.next.take(end)
        continue
      }
      const passed = item.subarray(0, allowed)
      if (passed.length === 0) break
      if (passed.length === item.length) queue.shift()
      else queue[0] = item.subarray(passed.length)
      allowed -= passed.length
      heldBytes -= passed.length
      wireFreeAt += passed.length / bytesPerMs
      stage.next.take(passed)
    }
    wait()
  }
  const wait = (): void => {
    if (timer !== undefined || queue.length === 0 || bytesPerMs === 0) return
    const remainingMs = wireFreeAt + heldBytes / bytesPerMs - performance.now()
    timer = setTimeout(pass, Math.min(Math.max(1, Math.ceil(remainingMs)), tickMs))
  }
  const stage: Stage = {
    next: context.next,
    take: (item) => {
      if (queue.length === 0) wireFreeAt = Math.max(wireFreeAt, performance.now())
      if (item !== end) heldBytes += item.length
      queue.push(item)
      if (queue[0] === end && bytesPerMs > 0) pass()
      else wait()
    },
    change: (changed) => {
      bytesPerMs = (changed as typeof toxic).attributes.rate // a toxic keeps its type
      wireFreeAt = performance.now()
      clearTimeout(timer)
      timer = undefined
      wait()
    },
    release: () => {
      clearTimeout(timer)
      heldBytes = 0
      for (const item of queue.splice(0)) stage.next.take(item)
    },
    stop: () => {
      clearTimeout(timer)
      queue = []
    },
    mostHeldBytes: () => Math.min(Math.max(fewBytes, bytesPerMs * heldMs), manyBytes),
  }
  return stage
}
