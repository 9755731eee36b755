import type { Pool } from 'pg'
import {
  firstBrokenCommand,
  firstBrokenStream,
  firstBrokenVersion,
  firstStrayGroup,
} from './audit-bookkeeping.ts'
import { firstBrokenLink, type ChainAuditOptions } from './audit-chain.ts'

export interface AuditReport {
  /** Events in the log. */
  events: number
  /** The hash over all of them as the log claims it, in hexadecimal. */
  head: string
  ok: boolean
  /** The first position that does not hold; null when all do. */
  firstBroken: number | null
}

/**
 * Recomputes every hash from the events and holds the log against them: positions and each
 * stream's versions without gaps, groups and their chain up to the head, each command where its
 * events are. Reads one snapshot, in bounded memory; appends go on meanwhile.
 *
 * What it can't see is a log that was rewritten in full, chain and head included: that takes a
 * head kept elsewhere.
 */
export async function audit(pool: Pool, options: ChainAuditOptions = {}): Promise<AuditReport> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    await client.query('set local statement_timeout = 0') // one pass over a large log takes its time
    const { rows } = await client.query<{ events: string; position: string; hash: Buffer }>(
      'select position, hash, (select count(*) from ledger.event) as events from ledger.head',
    )
    const { events, position, hash } = rows[0]!
    const head = { position: Number(position), hash }
    const firstBroken =
      earliest(
        await firstBrokenLink(client, head, Number(events), options),
        await firstBrokenVersion(client),
        await firstStrayGroup(client),
      ) ?? earliest(await firstBrokenStream(client), await firstBrokenCommand(client))
    const ok = firstBroken === null
    return { events: Number(events), head: hash.toString('hex'), ok, firstBroken }
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

function earliest(...positions: (number | null)[]): number | null {
  const found = positions.filter((position) => position !== null)
  return found.length === 0 ? null : Math.min(...found)
}
