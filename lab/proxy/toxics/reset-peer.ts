import { callAt, type Cancel } from '../precise-timer.ts'
import { end, fewBytes, type Stage, type StageContext, type ToxicOf } from './stage.ts'

/** Resets the connection some time after the first bytes, or the end, which it does not let through. */
export function resetPeerStage(toxic: ToxicOf<'reset_peer'>, context: StageContext): Stage {
  let { timeout } = toxic.attributes
  let touchedAt: number | undefined
  let cancel: Cancel | undefined

  const wait = (): void => {
    cancel?.()
    if (touchedAt === undefined) return
    if (timeout === 0) context.reset()
    else cancel = callAt(touchedAt + timeout, context.reset)
  }
  return {
    next: context.next,
    take: (item) => {
      if (item !== end) context.drop(item.length)
      if (touchedAt !== undefined) return
      touchedAt = performance.now()
      wait()
    },
    change: (changed) => {
      ;({ timeout } = (changed as typeof toxic).attributes) // a toxic keeps its type
      wait()
    },
    release: () => {
      cancel?.()
      // What it has taken is lost: the connection can't go on.
      if (touchedAt !== undefined) context.reset()
    },
    stop: () => cancel?.(),
    mostHeldBytes: () => fewBytes,
  }
}
