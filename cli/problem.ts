import { DatabaseProblem } from '@pet/postgres/problem'

export const notAsHoped = 1
export const badInput = 2
export const ownFailure = 3
export const interrupted = 130 // as a shell reports a process that a Ctrl-C ended

/** What a person can put right: one sentence on what is wrong, one on what to do, an exit code. */
export class CommandProblem extends Error {
  readonly advice: string
  readonly exitCode: number

  constructor(message: string, advice: string, exitCode: number) {
    super(message)
    this.name = 'CommandProblem'
    this.advice = advice
    this.exitCode = exitCode
  }
}

/**
 * Says on standard error what went wrong, without a stack trace unless `PET_DEBUG` is set, and
 * returns the exit code that fits.
 */
export function printProblem(error: unknown): number {
  const { message, advice, exitCode } = describeProblem(error)
  console.error(advice === '' ? message : `${message}\n${advice}`)
  if (process.env['PET_DEBUG']) console.error(error)
  return exitCode
}

/** What a database server or a connection to one reports, by the class of its code; pg's own errors have a message only. */
const serverProblems: [RegExp, { says: string; advice: string }][] = [
  [
    /^(57P0\d|08...|ECONNRESET|EPIPE|Connection terminated.*)$/,
    {
      says: 'The database ended the connection',
      advice: 'See that it runs and what its log says, and run this again.',
    },
  ],
  [
    /^53\d..$/,
    {
      says: 'The database has not got what this takes',
      advice: 'Make room for it (disk, memory, connections), and run this again.',
    },
  ],
]

/** Any error as two sentences and an exit code. */
export function describeProblem(error: unknown): {
  message: string
  advice: string
  exitCode: number
} {
  if (error instanceof CommandProblem) {
    return { message: error.message, advice: error.advice, exitCode: error.exitCode }
  }
  if (error instanceof DatabaseProblem) {
    return { message: error.message, advice: error.advice, exitCode: notAsHoped }
  }
  const sign = error instanceof Error ? String('code' in error ? error.code : error.message) : ''
  const [, server] = serverProblems.find(([pattern]) => pattern.test(sign)) ?? []
  if (server !== undefined && error instanceof Error) {
    return {
      message: `${server.says}: ${error.message}.`,
      advice: server.advice,
      exitCode: ownFailure,
    }
  }
  return {
    message: `PET failed: ${error instanceof Error ? error.message : String(error)}`,
    advice: 'Set PET_DEBUG=1 to see where; please report it.',
    exitCode: ownFailure,
  }
}
