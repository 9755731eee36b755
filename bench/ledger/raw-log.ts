import { randomUUID } from 'node:crypto'
import { createDatabase } from '@pet/postgres/database'
import { usingPool } from '@pet/postgres/pool'
import { eventData, eventType, streamOf } from './event.ts'

export interface RawLog extends AsyncDisposable {
  /** One event, one INSERT, a transaction of its own. */
  insert(): Promise<void>
  /** Many events of one stream in one INSERT from `unnest`. */
  insertMany(count: number): Promise<void>
}

/**
 * The limit: a table with the columns and the keys of the log, and nothing that an event store does
 * beside (expected versions, command ids kept once, order without gaps, a chain of hashes).
 */
export async function openRawLog(serverUrl: string, connections: number): Promise<RawLog> {
  const url = await createDatabase(serverUrl, 'bench_raw')
  const { pool, ...disposable } = usingPool(url, { max: connections })
  await pool.query(table)
  const json = JSON.stringify(eventData)
  const hash = Buffer.alloc(32, 7)
  return {
    ...disposable,
    async insert() {
      const commandId = randomUUID()
      const stream = streamOf(commandId)
      const values = [randomUUID(), stream, eventType, new Date(), commandId, json, hash]
      await pool.query({ name: 'insert', text: insertOne, values })
    },
    async insertMany(count) {
      const commandId = randomUUID()
      const each = <Value>(make: () => Value): Value[] => Array.from({ length: count }, make)
      const ids = each(() => randomUUID())
      const types = each(() => eventType)
      const times = each(() => new Date())
      const jsons = each(() => JSON.stringify(eventData))
      const hashes = each(() => hash)
      const values = [streamOf(commandId), commandId, ids, types, times, jsons, hashes]
      await pool.query({ name: 'insert many', text: insertMany, values })
    },
  }
}

const table = `
  create table event (
    position bigint generated always as identity primary key,
    id uuid not null, stream text not null, version bigint not null, type text not null,
    schema_version integer not null, occurred_at timestamptz not null,
    recorded_at timestamptz not null default now(), actor text not null, command_id text not null,
    correlation text, causation text, context jsonb, data jsonb not null, hash bytea not null,
    unique (stream, version)
  )`

const columns =
  'id, stream, version, type, schema_version, occurred_at, actor, command_id, data, hash'

const insertOne = `
  insert into event (${columns}) values ($1, $2, 1, $3, 1, $4, 'bench', $5, $6, $7)`

const insertMany = `
  insert into event (${columns})
  select id, $1, version, type, 1, occurred_at, 'bench', $2, data, hash
  from unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::bytea[])
    with ordinality as new (id, type, occurred_at, data, hash, version)`
