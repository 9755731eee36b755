import type { Attempt } from '@pet/lab/api-types'
import { audit } from '@pet/ledger/audit'
import type { Pool } from 'pg'
import type { Answer, Refusal } from './person.ts'

/** Whether what the adversary is after still is as it was. */
export type Intact = () => Promise<boolean>

/** An attempt over HTTP: refused, or let through without harm, or it broke something. */
export async function attempt(
  as: string,
  did: string,
  act: () => Promise<Answer>,
  intact: Intact,
): Promise<Attempt> {
  const { status, body } = await act()
  const unharmed = await intact()
  if (!unharmed) return { as, did, met: 'violated' }
  if (status < 400) return { as, did, met: 'harmless' }
  const { rules, code } = body as Refusal
  const rule = rules?.[0]?.id
  const answer = `${status} ${code ?? ''}`
  return { as, did, met: 'refused', answer, ...(rule !== undefined && { rule }) }
}

/** An attempt by SQL: the database refuses it, or it changes nothing that matters, or it breaks something. */
export async function attemptSql(
  as: string,
  did: string,
  { pool, sql, rule }: { pool: Pool; sql: string; rule: string },
  intact: Intact,
): Promise<Attempt> {
  const refused = await pool.query(sql).then(
    () => false,
    () => true,
  )
  if (!(await intact())) return { as, did, met: 'violated' }
  return refused ? { as, did, met: 'refused', rule } : { as, did, met: 'harmless' }
}

/**
 * An attempt by SQL with every trigger switched off, which nothing in the same database can prevent: the audit has
 * to name the position. It is taken back afterwards, so that the next attempt is judged by itself.
 */
export async function attemptBehindTriggers(
  did: string,
  { pool, sql, undo }: { pool: Pool; sql: string; undo: string },
): Promise<Attempt> {
  const as = 'a superuser, triggers off'
  await pool.query(`begin; set local session_replication_role = replica; ${sql}; commit`)
  const { ok, firstBroken } = await audit(pool)
  await pool.query(`begin; set local session_replication_role = replica; ${undo}; commit`)
  const mended = await audit(pool)
  if (!mended.ok)
    throw new Error(`Taking back "${did}" left the log broken at ${mended.firstBroken}`)
  if (ok || firstBroken === null) return { as, did, met: 'violated' }
  return { as, did, met: 'detected', rule: 'DAT-3', position: firstBroken }
}
