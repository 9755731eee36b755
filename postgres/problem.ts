export type DatabaseProblemCode =
  | 'binaries-missing'
  | 'broken-data-folder'
  | 'cannot-connect'
  | 'cannot-create-role'
  | 'cannot-start'
  | 'folder-in-use'
  | 'folder-not-writable'
  | 'migration-changed'
  | 'migration-failed'
  | 'migration-out-of-order'
  | 'needs-ordinary-user'
  | 'no-password'
  | 'old-data-folder'
  | 'too-new'
  | 'too-old'

/**
 * Something about a database that a person can put right: `message` is one sentence that says what
 * is wrong and where, `advice` one that says what to do.
 */
export class DatabaseProblem extends Error {
  readonly code: DatabaseProblemCode
  readonly advice: string

  constructor(code: DatabaseProblemCode, message: string, advice: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DatabaseProblem'
    this.code = code
    this.advice = advice
  }
}
