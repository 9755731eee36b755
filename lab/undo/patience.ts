import { setTimeout as delay } from 'node:timers/promises'
import { perform, type Undo } from './undo.ts'

/** How long one attempt may take. */
const attemptLimitMs = 10_000
const firstPauseMs = 100

/**
 * Takes something back, and tries again a few times when that fails, each time after twice the pause.
 *
 * @throws the last attempt's reason
 */
export async function performPatiently(undo: Undo, attempts: number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await withinLimit(perform(undo))
    } catch (error) {
      if (attempt === attempts) throw error
      await delay(firstPauseMs * 2 ** (attempt - 1))
    }
  }
}

/** An attempt that hangs counts as failed; should it come to its end yet, that does no harm. */
async function withinLimit(attempt: Promise<void>): Promise<void> {
  const { promise: limit, reject } = Promise.withResolvers<never>()
  const seconds = attemptLimitMs / 1_000
  const timer = setTimeout(
    () => reject(new Error(`it was not taken back within ${seconds} s`)),
    attemptLimitMs,
  )
  try {
    await Promise.race([attempt, limit])
  } finally {
    clearTimeout(timer)
    attempt.catch(() => {})
  }
}
