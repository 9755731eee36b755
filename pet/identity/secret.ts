import { randomBytes } from 'node:crypto'
import type { Pool } from 'pg'

/** The secret of this installation by that name, 32 random bytes as base64url, made at the first call. Never logged. */
export async function readSecret(pool: Pool, name: string): Promise<string> {
  await pool.query(
    'insert into identity.secret (name, value) values ($1, $2) on conflict do nothing',
    [name, randomBytes(32).toString('base64url')],
  )
  const { rows } = await pool.query<{ value: string }>(
    'select value from identity.secret where name = $1',
    [name],
  )
  const value = rows[0]?.value
  if (value === undefined) throw new Error(`The secret ${name} was just made and is not there`)
  return value
}
