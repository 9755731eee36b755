import { launcherGone } from '../up/launcher.ts'

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
