import { callAt, type Cancel } from '../precise-timer.ts'
import { manyBytes, type Item, type Stage, type StageContext, type ToxicOf } from './stage.ts'

/** `swing` in [-1, 1): where in its jitter an item lies, whatever the jitter is changed to. */
type Held = { item: Item; arrivedAt: number; swing: number }

/** Holds everything for its time; nothing overtakes. The end of the stream is as late as the bytes. */
export function latencyStage(toxic: ToxicOf<'latency'>, context: StageContext): Stage {
  let { latency, jitter } = toxic.attributes
  let queue: Held[] = []
  let cancel: Cancel | undefined

  const dueAt = ({ arrivedAt, swing }: Held) =>
    arrivedAt + Math.max(0, delayOf(latency, jitter, swing))

  const passWhatIsDue = (): void => {
    cancel = undefined
    const now = performance.now()
    let due = 0
    for (const held of queue) {
      if (dueAt(held) > now) break
      due += 1
    }
    const passed = queue.splice(0, due)
    for (const { item } of passed) stage.next.take(item)
    wait()
  }
  const wait = (): void => {
    cancel?.()
    const [first] = queue
    cancel = first && callAt(dueAt(first), passWhatIsDue)
  }
  const stage: Stage = {
    next: context.next,
    take: (item) => {
      const swing = jitter > 0 ? swingOf(context.draw()) : 0
      queue.push({ item, arrivedAt: performance.now(), swing })
      if (queue.length === 1) wait()
    },
    change: (changed) => {
      ;({ latency, jitter } = (changed as typeof toxic).attributes) // a toxic keeps its type
      wait()
    },
    release: () => {
      cancel?.()
      for (const { item } of queue.splice(0)) stage.next.take(item)
    },
    stop: () => {
      cancel?.()
      queue = []
    },
    mostHeldBytes: () => manyBytes,
  }
  return stage
}

/** The delay that a draw stands for, in ms. */
export function delayOf(latency: number, jitter: number, swing: number): number {
  return latency + jitter * swing
}

export function swingOf(fraction: number): number {
  return fraction * 2 - 1
}
