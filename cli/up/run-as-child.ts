import { describeProblem } from '../problem.ts'
import type { FromChild, ToChild } from './child-messages.ts'

const patienceMs = 8_000

/**
 * The life of a process that `pet up` supervises: it waits for its configuration, starts, says that
 * it is ready, and stops when the channel to the supervisor closes, which is how the supervisor
 * stops it, and what happens when the supervisor is killed.
 */
export function runAsChild<Config, Ready>(
  start: (config: Config) => Promise<{ ready: Ready } & AsyncDisposable>,
): void {
  const stopping = Promise.withResolvers<void>()
  if (!process.connected) process.exit()
  process.once('disconnect', stopping.resolve)
  process.once('SIGTERM', stopping.resolve)
  process.on('SIGINT', () => {}) // a Ctrl-C reaches this process too, but the supervisor decides
  process.once('message', ({ start: config }: ToChild<Config>) => {
    void live(start(config), stopping.promise)
  })
  void stopping.promise.then(() => setTimeout(() => process.exit(1), patienceMs).unref())
}

async function live<Ready>(
  starting: Promise<{ ready: Ready } & AsyncDisposable>,
  stopping: Promise<void>,
): Promise<void> {
  try {
    const started = await Promise.race([starting, stopping])
    if (started) {
      await using running = started
      send({ ready: running.ready })
      await stopping
    }
  } catch (error) {
    console.error(error)
    send({ failed: describeProblem(error) })
    await stopping
  }
  process.exit()
}

function send<Ready>(message: FromChild<Ready>): void {
  if (process.connected) process.send?.(message)
}
