import { launcherGone } from './launcher.ts'

/**
 * `requested` settles with the first Ctrl-C, SIGTERM or SIGHUP, or when the launcher is gone;
 * `again` aborts with the second: whoever asks twice does not want to wait.
 */
export function stopRequests(): { requested: Promise<void>; again: AbortSignal } {
  const first = Promise.withResolvers<void>()
  const second = new AbortController()
  let isStopping = false
  const stop = () => {
    if (isStopping) return second.abort()
    isStopping = true
    console.log('Stopping …')
    first.resolve()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  void launcherGone().then(() => isStopping || stop())
  return { requested: first.promise, again: second.signal }
}
