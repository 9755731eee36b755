import { randomUUID } from 'node:crypto'
import { STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett'
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'
import { createDatabase } from '@pet/postgres/database'
import { usingPool } from '@pet/postgres/pool'
import { eventData, eventType, streamOf } from './event.ts'

export interface EmmettStore extends AsyncDisposable {
  /** One command, `count` events to a stream of its own. */
  append(count: number): Promise<void>
}

/** Emmett's event store on the same PostgreSQL, with as many connections as it can use. */
export async function openEmmettStore(
  serverUrl: string,
  connections: number,
): Promise<EmmettStore> {
  await using opened = new AsyncDisposableStack()
  const url = await createDatabase(serverUrl, 'bench_emmett')
  const { pool } = opened.use(usingPool(url, { max: connections }))
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } })
  opened.defer(() => store.close())
  await store.schema.migrate()
  const kept = opened.move()
  return {
    async append(count) {
      const events = Array.from({ length: count }, () => ({ type: eventType, data: eventData }))
      await store.appendToStream(streamOf(randomUUID()), events, {
        expectedStreamVersion: STREAM_DOES_NOT_EXIST,
      })
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
