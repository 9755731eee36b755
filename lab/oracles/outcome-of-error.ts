/**
 * Classes of PostgreSQL's error codes after which the statement's effects are gone: what was given was
 * wrong, a constraint or a lock was in the way, or the transaction was rolled back. All others may have
 * come after the commit: a connection that broke (08), an administrator's shutdown (57P01).
 */
const rolledBack = new Set(['22', '23', '25', '40', '42', '44', '53', '54', '55', 'P0'])

/** Codes outside these classes, or of the network, that say as much. */
const noEffect = new Set(['57014', 'ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT'])

/** `statement_completion_unknown` is of class 40, and says what it says. */
const unknownAfterAll = new Set(['40003'])

/**
 * Whether an operation that ended with this error surely had no effect. Whatever is in doubt is
 * unknown: an oracle then raises no alarm on its account.
 */
export function outcomeOfError(error: unknown): 'failed' | 'unknown' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (unknownAfterAll.has(code)) return 'unknown'
  const isSqlState = /^[0-9A-Z]{5}$/.test(code)
  return noEffect.has(code) || (isSqlState && rolledBack.has(code.slice(0, 2)))
    ? 'failed'
    : 'unknown'
}
