import type { Pool, PoolClient } from 'pg'

/**
 * Runs `work` in a transaction: commits when it returns, rolls back when it throws. A connection
 * that can't even roll back is closed instead of going back to the pool.
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  let broken = false
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    )
    throw error
  } finally {
    client.release(broken)
  }
}
