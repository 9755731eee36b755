import { callAt, type Cancel } from '../precise-timer.ts'
import { end, fewBytes, type Item, type Stage, type StageContext, type ToxicOf } from './stage.ts'

/** Cuts what comes into pieces and lets them through one by one. */
export function slicerStage(toxic: ToxicOf<'slicer'>, context: StageContext): Stage {
  let { attributes } = toxic
  let queue: Item[] = []
  let nextAt = 0
  let cancel: Cancel | undefined

  const size = (): number => {
    const { average_size: average, size_variation: variation } = attributes
    if (variation === 0) return average
    return average - variation + Math.floor(context.draw() * (2 * variation + 1))
  }
  const pass = (): void => {
    cancel = undefined
    const now = performance.now()
    for (let item = queue[0]; item !== undefined && nextAt <= now; item = queue[0]) {
      if (item === end) {
        queue.shift()
        stage.next.take(end)
        continue
      }
      const piece = item.subarray(0, size())
      if (piece.length === item.length) queue.shift()
      else queue[0] = item.subarray(piece.length)
      nextAt += attributes.delay / 1_000
      stage.next.take(piece)
    }
    wait()
  }
  const wait = (): void => {
    if (cancel === undefined && queue.length > 0) cancel = callAt(nextAt, pass)
  }
  const stage: Stage = {
    next: context.next,
    take: (item) => {
      if (queue.length === 0) nextAt = Math.max(nextAt, performance.now())
      queue.push(item)
      if (queue.length === 1) pass()
    },
    change: (changed) => {
      attributes = (changed as typeof toxic).attributes // a toxic keeps its type
      nextAt = performance.now()
      cancel?.()
      pass()
    },
    release: () => {
      cancel?.()
      for (const item of queue.splice(0)) stage.next.take(item)
    },
    stop: () => {
      cancel?.()
      queue = []
    },
    mostHeldBytes: () => fewBytes,
  }
  return stage
}
