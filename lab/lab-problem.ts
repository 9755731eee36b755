/** What can go wrong before or around a run, each with a stable code and a sentence to act on. */
export type LabProblemCode =
  | 'unknown-scenario'
  | 'bad-parameter'
  | 'bad-scenario'
  | 'requirement-missing'
  | 'does-not-apply'
  | 'unreachable-target'
  | 'busy'
  | 'bad-home'
  | 'cancelled'
  | 'time-limit'
  | 'not-undone'

/** An expected failure of the lab: a sentence, a stable code and, for bad input, the field. */
export class LabProblem extends Error {
  readonly code: LabProblemCode
  readonly field: string | undefined

  constructor(code: LabProblemCode, message: string, field?: string) {
    super(message)
    this.name = 'LabProblem'
    this.code = code
    this.field = field
  }
}

export function wasCancelled(): LabProblem {
  return new LabProblem('cancelled', 'The run was cancelled')
}

/** What an error says; of one that suppressed another, what both say. */
export function reasonOf(error: unknown): string {
  if (error instanceof SuppressedError) {
    return `${reasonOf(error.error)} Before that: ${reasonOf(error.suppressed)}`
  }
  return error instanceof Error ? error.message : String(error)
}
