import { callAt, type Cancel } from '../precise-timer.ts'
import { end, fewBytes, type Stage, type StageContext, type ToxicOf } from './stage.ts'

/** Drops what comes, and closes the connection when its time is over. */
export function timeoutStage(toxic: ToxicOf<'timeout'>, context: StageContext): Stage {
  const startedAt = performance.now()
  let hasDropped = false
  let cancel: Cancel | undefined

  const wait = (timeout: number): void => {
    cancel?.()
    cancel = timeout === 0 ? undefined : callAt(startedAt + timeout, context.close)
  }
  const stage: Stage = {
    next: context.next,
    take: (item) => {
      if (item === end) return stage.next.take(end)
      hasDropped = true
      context.drop(item.length)
    },
    change: (changed) => wait((changed as typeof toxic).attributes.timeout), // a toxic keeps its type
    release: () => {
      cancel?.()
      // A stream with a hole in it must not go on as if nothing were missing.
      if (hasDropped) context.close()
    },
    stop: () => cancel?.(),
    mostHeldBytes: () => fewBytes,
  }
  wait(toxic.attributes.timeout)
  return stage
}
