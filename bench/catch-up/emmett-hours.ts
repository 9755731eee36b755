import {
  getPostgreSQLEventStore,
  postgreSQLEventStoreConsumer,
  postgreSQLProjection,
  type PostgreSQLProjectionDefinition,
} from '@event-driven-io/emmett-postgresql'
import { STREAM_DOES_NOT_EXIST, type Event } from '@event-driven-io/emmett'
import { createDatabase } from '@pet/postgres/database'
import { usingPool } from '@pet/postgres/pool'
import { eventsPerProject, hours, sumsOf, type Sums } from './hours.ts'
import type { Hours } from './hours-log.ts'

type HoursLogged = Event<'HoursLogged', typeof hours>

export interface EmmettHours extends Hours, AsyncDisposable {
  total(): Promise<Sums>
}

/** No pause between batches, and larger ones: by default it takes 100 events, and waits for 50 ms. */
const pulling = { batchSize: 1_000, pullingFrequencyInMs: 0 }

/** Emmett's consumer with a projector that keeps the hours of each project, in a database of its own. */
export async function openEmmettHours(serverUrl: string, events: number): Promise<EmmettHours> {
  await using opened = new AsyncDisposableStack()
  const connectionString = await createDatabase(serverUrl, 'bench_emmett_hours')
  const { pool } = opened.use(usingPool(connectionString))
  // Only for filling it, which is not measured: nothing waits for the disk.
  const { pool: filling } = opened.use(usingPool(withoutWaiting(connectionString)))
  const store = getPostgreSQLEventStore(connectionString, { connectionOptions: { pool: filling } })
  opened.defer(() => store.close())
  await store.schema.migrate()
  await pool.query(
    'create table per_project (project text primary key, minutes bigint not null, entries bigint not null)',
  )
  // One after the other: of what is appended at the same time its consumer (0.42.0) leaves some out.
  for (let stream = 0; stream < events / eventsPerProject; stream += 1) {
    await store.appendToStream<HoursLogged>(
      `hours-${stream}`,
      Array.from({ length: eventsPerProject }, () => ({ type: 'HoursLogged', data: hours })),
      { expectedStreamVersion: STREAM_DOES_NOT_EXIST },
    )
  }

  let projectors = 0
  const kept = opened.move()
  return {
    async empty() {
      await pool.query('truncate per_project')
      projectors += 1 // a new one begins with the first event
    },
    async catchUp() {
      const consumer = postgreSQLEventStoreConsumer<HoursLogged>({
        ...{ connectionString, pulling, stopWhen: { noMessagesLeft: true } },
      })
      consumer.projector({ projection: hoursPerProject(`hours ${projectors}`) })
      await consumer.start()
      await consumer.close()
    },
    total: () => sumsOf(pool, 'per_project'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function hoursPerProject(name: string): PostgreSQLProjectionDefinition<HoursLogged> {
  return postgreSQLProjection({
    name,
    canHandle: ['HoursLogged'],
    // One event at a time, although it takes a list: the projector hands over each on its own.
    async handle(events, { connection }) {
      for (const { data, metadata } of events) {
        await connection.client.query(
          `insert into per_project (project, minutes, entries) values ($1, $2, 1)
           on conflict (project) do update
           set minutes = per_project.minutes + excluded.minutes, entries = per_project.entries + 1`,
          [metadata.streamName, data.minutes],
        )
      }
    },
  })
}

function withoutWaiting(url: string): string {
  const changed = new URL(url)
  changed.searchParams.set('options', '-c synchronous_commit=off')
  return changed.href
}
