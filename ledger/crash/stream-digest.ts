import type { PoolClient } from 'pg'
import { catchUp, type Projection } from '../projections.ts'
import type { RecordedEvent } from '../recorded-event.ts'

/** Of a stream: how many events it has, and a sum that their order and each repetition change. */
export type Digests = Map<string, { events: number; digest: number }>

/**
 * Two projections of the same, one inline and one that catches up, to be held against a replay.
 * A step of the digest is the same in all three: (digest · 31 + position) mod 1 000 003.
 */
export const digestTables = `
  create schema digest_inline;
  create schema digest_caught_up;
  grant usage on schema digest_inline, digest_caught_up to pet;
  create table digest_inline.digest (stream text primary key, events bigint not null, digest bigint not null);
  create table digest_caught_up.digest (like digest_inline.digest including all);
  grant select on digest_inline.digest to pet;
  grant select, insert, update, delete on digest_caught_up.digest to pet;
  create function digest_inline.add(first bigint, last bigint) returns void language plpgsql as $$
  declare
    added record;
  begin
    for added in select stream, position from ledger.event where position between first and last order by position loop
      insert into digest as known values (added.stream, 1, added.position % 1000003)
      on conflict (stream) do update set events = known.events + 1,
        digest = (known.digest * 31 + added.position) % 1000003;
    end loop;
  end $$;
  select ledger.register_inline_projection('digest inline', 'digest_inline.add'::regproc);
  select ledger.register_projection('digest caught up', 'digest_caught_up')`

export const caughtUpDigest: Projection = catchUp({
  name: 'digest caught up',
  version: 1,
  async handle(client, events) {
    const streams = [...new Set(events.map(({ stream }) => stream))]
    const digests = await readDigests(client, 'digest', streams)
    addToDigests(digests, events)
    const changed = streams.map((stream) => ({ stream, ...digests.get(stream) }))
    await client.query(
      `insert into digest
       select stream, events, digest from jsonb_to_recordset($1) as changed (stream text, events bigint, digest bigint)
       on conflict (stream) do update set events = excluded.events, digest = excluded.digest`,
      [JSON.stringify(changed)],
    )
  },
})

export function addToDigests(
  digests: Digests,
  events: Pick<RecordedEvent, 'stream' | 'position'>[],
): void {
  for (const { stream, position } of events) {
    const before = digests.get(stream) ?? { events: 0, digest: 0 }
    const digest = (before.digest * 31 + position) % 1_000_003
    digests.set(stream, { events: before.events + 1, digest })
  }
}

/**
 * @param table without its schema where the search path names it
 * @param streams all when left out
 */
export async function readDigests(
  client: Pick<PoolClient, 'query'>,
  table: 'digest' | 'digest_inline.digest' | 'digest_caught_up.digest',
  streams?: string[],
): Promise<Digests> {
  const { rows } = await client.query<{ stream: string; events: string; digest: string }>(
    `select stream, events, digest from ${table} where $1::text[] is null or stream = any($1)`,
    [streams ?? null],
  )
  return new Map(
    rows.map(({ stream, events, digest }) => [
      stream,
      { events: Number(events), digest: Number(digest) },
    ]),
  )
}
