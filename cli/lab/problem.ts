import { LabProblem } from '@pet/lab/lab-problem'
import { CommandProblem, badInput, interrupted, ownFailure } from '../problem.ts'

/** The lab's problems with the exit code that the command line promises for each. */
export async function withExitCode<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof LabProblem)) throw error
    throw new CommandProblem(error.message, '', exitCodeOf(error.code))
  }
}

function exitCodeOf(code: LabProblem['code']): number {
  switch (code) {
    case 'unknown-scenario':
    case 'bad-parameter':
    case 'requirement-missing':
    case 'does-not-apply':
    case 'unreachable-target':
    case 'busy':
    case 'bad-home':
      return badInput
    case 'cancelled':
      return interrupted
    case 'bad-scenario':
    case 'time-limit':
    case 'not-undone':
      return ownFailure
  }
}
