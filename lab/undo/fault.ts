import { LabProblem, reasonOf } from '../lab-problem.ts'
import type { Journal } from './journal.ts'
import { performPatiently } from './patience.ts'
import type { Undo } from './undo.ts'

/** Something harmful done on purpose, with the way to take it back. */
export type Fault = {
  name: string
  /** After this the fault is undone, whatever the scenario does. */
  limitMs: number
  undo: Undo
  /** Throws when it must not start, say because its undo would hit somebody else's; nothing is done then. */
  check?(): Promise<void>
  start(): Promise<void>
}

/** No fault lasts longer, whoever asks. */
export const mostFaultMs = 10 * 60_000
const attempts = 5

/**
 * Writes the undo to the journal, then starts the fault. It is undone when the result is disposed
 * of, or at its time limit; a killed lab's watchdog does it from the journal.
 *
 * @throws LabProblem `bad-scenario` for a fault without a sensible time limit, which then does not start;
 * at disposal `not-undone`, when it could not be taken back: the journal keeps it.
 */
export async function inject(journal: Journal, fault: Fault): Promise<AsyncDisposable> {
  checkTimeLimit(fault)
  await fault.check?.()
  const entry = await journal.record(fault.undo, fault.limitMs)
  let undoing: Promise<void> | undefined
  const undo = () =>
    (undoing ??= takeBack(fault).then(
      () => {
        clearTimeout(timer)
        return journal.done(entry)
      },
      (error: unknown) => {
        undoing = undefined // whoever asks next tries again
        throw error
      },
    ))
  // A failure at the limit is met again, and thrown, at disposal; until then the watchdog tries as well.
  const timer = setTimeout(() => void undo().catch(() => {}), fault.limitMs)
  try {
    await fault.start()
  } catch (error) {
    await undo()
    throw error
  }
  return { [Symbol.asyncDispose]: undo }
}

async function takeBack({ name, undo }: Fault): Promise<void> {
  try {
    await performPatiently(undo, attempts)
  } catch (error) {
    const reason = reasonOf(error)
    throw new LabProblem(
      'not-undone',
      `${name} could not be taken back (${undo.kind}) in ${attempts} attempts: ${reason} It stays in the journal; the watchdog tries on, and so does 'npx pet lab restore'.`,
    )
  }
}

function checkTimeLimit({ name, limitMs }: Fault): void {
  if (limitMs > 0 && limitMs <= mostFaultMs) return
  throw new LabProblem(
    'bad-scenario',
    `${name} has a time limit of ${limitMs} ms; a fault lasts more than 0 and at most ${mostFaultMs} ms.`,
  )
}
