/**
 * Whether trying again may help: the connection was lost, the server is going down or short of
 * something, or it chose this transaction to end a deadlock.
 */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(08|53|57P|40)|^(55P03|ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT)$/.test(code) ||
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(
      error.message,
    )
  )
}

/** Whether a statement took longer than it may: the server ended it, or its answer was waited for no longer. */
export function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === '57014') || error.message === 'Query read timeout'
}
