import { launcherGone } from '../up/launcher.ts'

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
