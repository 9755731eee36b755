import { CommandProblem, interrupted } from './problem.ts'
import { launcherGone } from './up/launcher.ts'

/**
 * Aborts at the first Ctrl-C, SIGTERM or SIGHUP, or when the launcher is gone. Asking again changes
 * nothing: what was injected is taken back first.
 */
export function cancellation(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  const cancel = () => {
    if (!controller.signal.aborted) console.error('Cancelling, and taking everything back …')
    controller.abort()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, cancel)
  void launcherGone().then(cancel)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, cancel)
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
