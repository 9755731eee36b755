import { CommandProblem, interrupted } from './problem.ts'
import { launcherGone } from './up/launcher.ts'

/**
 * Aborts at the first Ctrl-C, SIGTERM or SIGHUP, or when the launcher is gone. Asking again changes
 * nothing, neither while everything is taken back nor in the moment until the process ends.
 */
export function cancellation(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  let over = false
  const cancel = () => {
    if (over || controller.signal.aborted) return
    console.error('Cancelling, and taking everything back …')
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, cancel)
  void launcherGone().then(cancel)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      over = true
    },
  }
}

/**
 * Does work that a Ctrl-C gives up. The work takes back what it has done when its signal aborts;
 * `left` says what there is then.
 */
export async function cancellable<Result>(
  left: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  using cancelled = cancellation()
  try {
    return await work(cancelled.signal)
  } catch (error) {
    if (!cancelled.signal.aborted) throw error
    throw new CommandProblem('Cancelled.', left, interrupted)
  }
}
