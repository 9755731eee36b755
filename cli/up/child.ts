import { fork } from 'node:child_process'
import type { Writable } from 'node:stream'
import { CommandProblem } from '../problem.ts'
import type { FromChild, ToChild } from './child-messages.ts'

export interface Child<Config, Ready> extends AsyncDisposable {
  /** Hands over the configuration and waits until the child says that it is ready. */
  start(config: Config): Promise<Ready>
  /** Settles with how the process ended, in words. */
  exited: Promise<string>
  /** Ends the process: it is asked to, and if it takes too long, made to. */
  stop(): Promise<void>
  kill(): void
}

const stopPatienceMs = 10_000

/** Starts the module as a process, which loads at once and waits for its configuration. */
export function forkChild<Config, Ready>(module: URL, log: Writable): Child<Config, Ready> {
  const child = fork(module, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] })
  child.stdout?.pipe(log, { end: false })
  child.stderr?.pipe(log, { end: false })
  const exited = new Promise<string>((settle) => {
    child.once('error', (error) => settle(error.message))
    child.once('exit', (code, signal) => settle(signal ?? `exit code ${code}`))
  })

  const start = async (config: Config) => {
    const answer = new Promise<FromChild<Ready>>((settle) => child.once('message', settle))
    child.send({ start: config } satisfies ToChild<Config>, () => {}) // a dead one has exited
    const first = await Promise.race([answer, exited])
    if (typeof first === 'string') throw new Error(`it ended before it was ready (${first})`)
    if ('ready' in first) return first.ready
    const { message, advice, exitCode } = first.failed
    throw new CommandProblem(message, advice, exitCode)
  }

  const kill = () => void child.kill('SIGKILL')
  const stop = async () => {
    if (child.connected) child.disconnect()
    const timer = setTimeout(kill, stopPatienceMs)
    await exited
    clearTimeout(timer)
  }
  return { start, exited, stop, kill, [Symbol.asyncDispose]: stop }
}
