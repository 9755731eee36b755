import { callAt, type Cancel } from '../precise-timer.ts'
import { end, fewBytes, type Stage, type StageContext, type ToxicOf } from './stage.ts'

/** Lets bytes through as they come, and the end of the stream later. */
export function slowCloseStage(toxic: ToxicOf<'slow_close'>, context: StageContext): Stage {
  let { delay } = toxic.attributes
  let endedAt: number | undefined
  let cancel: Cancel | undefined
  let over = false

  const pass = (): void => {
    if (over) return
    over = true
    stage.next.take(end)
  }
  const wait = (): void => {
    cancel?.()
    if (endedAt !== undefined && !over) cancel = callAt(endedAt + delay, pass)
  }
  const stage: Stage = {
    next: context.next,
    take: (item) => {
      if (item !== end) return stage.next.take(item)
      endedAt = performance.now()
      wait()
    },
    change: (changed) => {
      ;({ delay } = (changed as typeof toxic).attributes) // a toxic keeps its type
      wait()
    },
    release: () => {
      cancel?.()
      if (endedAt !== undefined) pass()
    },
    stop: () => cancel?.(),
    mostHeldBytes: () => fewBytes,
  }
  return stage
}
