import type { Journal } from './journal.ts'
import { perform, type Undo } from './undo.ts'

/** Something harmful done on purpose, with the way to take it back. */
export type Fault = {
  name: string
  /** After this the fault is undone, whatever the scenario does. */
  limitMs: number
  undo: Undo
  start(): Promise<void>
}

/**
 * Writes the undo to the journal, then starts the fault. It is undone when the result is disposed
 * of, or at its time limit; a killed lab's watchdog does it from the journal.
 */
export async function inject(journal: Journal, fault: Fault): Promise<AsyncDisposable> {
  const entry = await journal.record(fault.undo, fault.limitMs)
  let undone: Promise<void> | undefined
  const undo = () =>
    (undone ??= perform(fault.undo).then(() => {
      clearTimeout(timer)
      return journal.done(entry)
    }))
  // A failure at the limit is met again, and thrown, at disposal.
  const timer = setTimeout(() => void undo().catch(() => {}), fault.limitMs)
  try {
    await fault.start()
  } catch (error) {
    await undo()
    throw error
  }
  return { [Symbol.asyncDispose]: undo }
}
