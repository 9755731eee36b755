import { fork } from 'node:child_process'
import { closeSync, existsSync, openSync, renameSync } from 'node:fs'
import { CommandProblem, notAsHoped } from '../problem.ts'
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

export type ChildProgram = {
  /** For people: 'PET', 'The lab'. */
  name: string
  module: URL
  /** Gets what the process writes; what the one before it wrote is kept as `logFile.1`. */
  logFile: string
}

const stopPatienceMs = 10_000

/** Starts the module as a process, which loads at once and waits for its configuration. */
export function forkChild<Config, Ready>(program: ChildProgram): Child<Config, Ready> {
  const child = withFreshLog(program.logFile, (log) =>
    fork(program.module, { stdio: ['ignore', log, log, 'ipc'], execArgv: [] }),
  )
  const exited = new Promise<string>((settle) => {
    child.once('error', (error) => settle(error.message))
    child.once('exit', (code, signal) => settle(signal ?? `exit code ${code}`))
  })

  const start = async (config: Config) => {
    const answer = new Promise<FromChild<Ready>>((settle) => child.once('message', settle))
    child.send({ start: config } satisfies ToChild<Config>, () => {}) // a dead one has exited
    const first = await Promise.race([answer, exited])
    if (typeof first === 'string') throw endedAlone(program, first)
    if ('ready' in first) return first.ready
    const { message, advice, exitCode } = first.failed
    throw new CommandProblem(message, advice, exitCode)
  }

  const kill = () => void child.kill('SIGKILL')
  const stop = async () => {
    if (child.connected) child.send('stop' satisfies ToChild<Config>, () => {})
    const timer = setTimeout(kill, stopPatienceMs)
    await exited
    clearTimeout(timer)
  }
  return { start, exited, stop, kill, [Symbol.asyncDispose]: stop }
}

/** What is said of a process that ended without having been asked to. */
export function endedAlone({ name, logFile }: ChildProgram, how: string): CommandProblem {
  return new CommandProblem(
    `${name} ended by itself (${how}).`,
    `Its own words are in ${logFile}.`,
    notAsHoped,
  )
}

function withFreshLog<Result>(file: string, use: (log: number) => Result): Result {
  if (existsSync(file)) renameSync(file, `${file}.1`)
  const log = openSync(file, 'w', 0o600)
  try {
    return use(log)
  } finally {
    closeSync(log)
  }
}
