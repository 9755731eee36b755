export type LedgerErrorCode =
  | 'invalid-command'
  | 'unknown-event-type'
  | 'invalid-event-data'
  | 'event-too-large'
  | 'command-too-large'
  | 'newer-schema-version'
  | 'person-erased'
  | 'unreadable-personal-value'
  | 'invalid-state'
  | 'overloaded'
  | 'no-log'
  | 'invalid-head'
  | 'broken-backup'
  | 'not-empty'
  | 'restore-under-way'
  | 'timed-out'
  | 'closed'

/** What the ledger refuses; nothing has been written when an append throws it. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode

  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LedgerError'
    this.code = code
  }
}
