import { endOnAbort } from '@pet/postgres/end-on-abort'
import type { ClientBase, Pool } from 'pg'
import {
  firstBrokenCommand,
  firstBrokenStream,
  firstBrokenVersion,
  firstStrayGroup,
} from './audit-bookkeeping.ts'
import { firstBrokenLink } from './audit-chain.ts'
import { findLog, findUnguarded } from './audit-guards.ts'
import { firstHash } from './event-hash.ts'
import { LedgerError } from './ledger-error.ts'

export interface AuditReport {
  /** Events in the log. */
  events: number
  /** The hash over all of them as the log claims it, in hexadecimal. */
  head: string
  /** Nothing is broken or unguarded, and the log goes through the head that it was held against. */
  ok: boolean
  /** The first position that does not hold; null when all do. */
  firstBroken: number | null
  /** What would no longer keep the log as it is, a sentence each. */
  unguarded: string[]
  /** The head that the log was held against, and whether it still goes through it. */
  against?: { position: number; hash: string; holds: boolean }
}

export interface AuditOptions {
  /** Called now and then with the events checked so far, and all there are. */
  onProgress?: (checked: number, events: number) => void
  /** Events held in memory at once. @default 2_000 */
  batchSize?: number
  /** A head that was exported earlier. @default none */
  against?: { position: number; hash: string }
  /** Gives it up. */
  signal?: AbortSignal
}

/**
 * Recomputes every hash from the events and holds the log against them: positions and each
 * stream's versions without gaps, groups and their chain up to the head, each command where its
 * events are; and that what guards the log still does. Reads one snapshot, in bounded memory;
 * appends go on meanwhile.
 *
 * What it can't see by itself is a log that was rewritten in full, chain and head included, or cut
 * off at an earlier head: that takes a head kept elsewhere, `against`.
 *
 * @throws LedgerError 'no-log' when the database has none.
 */
export async function audit(pool: Pool, options: AuditOptions = {}): Promise<AuditReport> {
  const client = await pool.connect()
  try {
    using _ending = await endOnAbort(client, options.signal)
    await client.query('begin isolation level repeatable read read only')
    await client.query('set local statement_timeout = 0') // one pass over a large log takes its time
    return await auditSnapshot(client, options)
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      (error: Error) => client.release(error),
    )
  }
}

/** The same in a transaction of the caller's, which is to be REPEATABLE READ. */
export async function auditSnapshot(
  client: ClientBase,
  options: AuditOptions = {},
): Promise<AuditReport> {
  const found = await findLog(client)
  if (found === 'none') throw new LedgerError('no-log', 'This database has no log.')
  if (found === 'in part') {
    const nothing = { events: 0, head: firstHash.toString('hex') }
    return { ...nothing, ok: false, firstBroken: 1, unguarded: [], ...failing(options.against) }
  }
  const { rows } = await client.query<{ events: string; position: string; hash: Buffer }>(
    'select position, hash, (select count(*) from ledger.event) as events from ledger.head',
  )
  const { events, position, hash } = rows[0] ?? { events: '0', position: '0', hash: firstHash }
  const passed = hashAt(options.against?.position)
  const firstBroken =
    earliest(
      await firstBrokenLink(client, { position: Number(position), hash }, Number(events), {
        ...options,
        onGroup: passed.note,
      }),
      await firstBrokenVersion(client),
      await firstStrayGroup(client),
    ) ?? earliest(await firstBrokenStream(client), await firstBrokenCommand(client))
  const unguarded = await findUnguarded(client)
  const against = options.against && {
    ...options.against,
    holds: passed.hash() === options.against.hash,
  }
  return {
    events: Number(events),
    head: hash.toString('hex'),
    ok: firstBroken === null && unguarded.length === 0 && against?.holds !== false,
    ...{ firstBroken, unguarded, ...(against && { against }) },
  }
}

/** Remembers the hash of the chain at one position, where a group has to end. */
function hashAt(wanted: number | undefined) {
  let found = wanted === 0 ? firstHash.toString('hex') : undefined
  return {
    note(position: number, hash: Buffer): void {
      if (position === wanted) found = hash.toString('hex')
    },
    hash: () => found,
  }
}

function failing(against: AuditOptions['against']) {
  return against && { against: { ...against, holds: false } }
}

function earliest(...positions: (number | null)[]): number | null {
  const found = positions.filter((position) => position !== null)
  return found.length === 0 ? null : Math.min(...found)
}
