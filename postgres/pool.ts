import pg from 'pg'

export interface PoolOptions {
  /** Connections at most. @default 10 */
  max?: number
  /** Shown in `pg_stat_activity`. @default 'pet' */
  applicationName?: string
  /** The server ends a statement that takes longer. @default 30_000 */
  statementTimeoutMs?: number
  /** How long to wait for a connection, in the queue or from the server. @default 10_000 */
  connectTimeoutMs?: number
}

/**
 * A pool whose every wait has a limit. A connection that the server ends (a shutdown, say) never
 * crashes the process: the query under way fails, and the next one opens another connection.
 */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    application_name: options.applicationName ?? 'pet',
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {})) // also while it is lent out
  return pool
}

/** A pool that ends with the block: `await using database = usingPool(url)`. */
export function usingPool(
  url: string,
  options: PoolOptions = {},
): { pool: pg.Pool } & AsyncDisposable {
  const pool = createPool(url, options)
  return { pool, [Symbol.asyncDispose]: () => pool.end() }
}
