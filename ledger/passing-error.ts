/**
 * SQLSTATE: connection (08), resources (53), operator intervention but a cancelled statement (57P),
 * rollback of a transaction (40), a session that was idle in one for too long (25P03), a lock that
 * was not there in time (55P03). Beside it what the network says, names that can't be looked up included.
 */
const passing =
  /^(08|53|57P|40)|^(25P03|55P03|ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN)$/

/**
 * Whether trying again may help: the connection was lost, the server is going down or short of
 * something, or it chose this transaction to end a deadlock. An error that says only that it has one
 * of these as its cause counts too.
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    passing.test(code) ||
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(
      error.message,
    ) ||
    isPassing(error.cause)
  )
}

/** Whether a statement took longer than it may: the server ended it, or its answer was waited for no longer. */
export function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === '57014') || error.message === 'Query read timeout'
}
