import { CommandProblem, badInput } from './problem.ts'

const undefinedTable = '42P01'

/** An error of a query on a database that PET has never started on, as one that says so; others as they are. */
export function asNoLog(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === undefinedTable)) return error
  return new CommandProblem(
    'This database has no log of PET.',
    'Start PET on it once, or set PET_HOME or DATABASE_URL to the one that has.',
    badInput,
  )
}
