import { describeProblem } from '../problem.ts'
import type { FromChild, ToChild } from './child-messages.ts'

export interface ChildLife<Config, Ready> {
  start(config: Config): Promise<{ ready: Ready } & AsyncDisposable>
  /** What is left to do when the supervisor was killed and can't do it. */
  orphaned?(config: Config): Promise<void>
}

type Stop = 'asked to' | 'orphaned'

const patienceMs = 8_000

/**
 * The life of a process that `pet up` supervises: it waits for its configuration, starts, says that
 * it is ready, and stops when it is told to, or when the channel to the supervisor closes.
 */
export function runAsChild<Config, Ready>(life: ChildLife<Config, Ready>): void {
  const stop = Promise.withResolvers<Stop>()
  let isStarted = false
  process.on('message', (message: ToChild<Config>) => {
    if (message === 'stop') return stop.resolve('asked to')
    isStarted = true
    void live(life, message.start, stop.promise)
  })
  process.once('disconnect', () => stop.resolve('orphaned'))
  process.once('SIGTERM', () => stop.resolve('asked to'))
  process.on('SIGINT', () => {}) // a Ctrl-C reaches this process too, but the supervisor decides
  if (!process.connected) stop.resolve('orphaned')
  void stop.promise.then(() => {
    if (isStarted) setTimeout(() => process.exit(1), patienceMs).unref()
    else process.exit()
  })
}

async function live<Config, Ready>(
  life: ChildLife<Config, Ready>,
  config: Config,
  stop: Promise<Stop>,
): Promise<void> {
  try {
    const started = await Promise.race([life.start(config), stop])
    if (typeof started === 'object') {
      await using running = started
      send({ ready: running.ready })
      await stop
    }
  } catch (error) {
    console.error(error)
    send({ failed: describeProblem(error) })
  }
  if ((await stop) === 'orphaned') await life.orphaned?.(config)
  process.exit()
}

function send<Ready>(message: FromChild<Ready>): void {
  if (process.connected) process.send?.(message)
}
