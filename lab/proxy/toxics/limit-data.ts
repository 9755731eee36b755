import { end, fewBytes, type Stage, type StageContext, type ToxicOf } from './stage.ts'

/** Closes the connection once it has let its number of bytes through. */
export function limitDataStage(toxic: ToxicOf<'limit_data'>, context: StageContext): Stage {
  let limit = toxic.attributes.bytes
  let passedBytes = 0

  const stage: Stage = {
    next: context.next,
    take: (item) => {
      if (item === end) return stage.next.take(end)
      const passed = item.subarray(0, Math.max(0, limit - passedBytes))
      passedBytes += passed.length
      context.drop(item.length - passed.length)
      if (passed.length > 0) stage.next.take(passed)
      if (passedBytes >= limit) context.close()
    },
    change: (changed) => {
      limit = (changed as typeof toxic).attributes.bytes // a toxic keeps its type
      if (passedBytes > 0 && passedBytes >= limit) context.close()
    },
    release: () => {},
    stop: () => {},
    mostHeldBytes: () => fewBytes,
  }
  return stage
}
