/** What can go wrong before or around a run, each with a stable code and a sentence to act on. */
export type LabProblemCode =
  | 'unknown-scenario'
  | 'bad-parameter'
  | 'bad-scenario'
  | 'requirement-missing'
  | 'busy'
  | 'cancelled'
  | 'time-limit'

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
