import type { Client } from 'pg'

/**
 * Ends a session when `signal` aborts, until this is disposed of: whatever waits for it fails at
 * once, and the server gives up the statement within a second instead of working to its end for
 * nobody. Call it outside of a transaction.
 *
 * @throws the signal's reason when it has aborted already.
 */
export async function endOnAbort(
  client: Client,
  signal: AbortSignal | undefined,
): Promise<Disposable> {
  signal?.throwIfAborted()
  await client.query(`set client_connection_check_interval = '1s'`).catch(() => {}) // Windows has none
  const end = () => void client.end().catch(() => {})
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', end) }
}
