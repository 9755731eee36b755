import { testDatabase } from '@pet/postgres/testing'
import { inTransaction } from '@pet/postgres/transaction'
import { usingPool } from '@pet/postgres/pool'
import type { Pool, PoolClient } from 'pg'
import { describe, expect, test } from 'vitest'
import { faultsOfWitness } from '../testing/histories.ts'
import { countAnomalies } from './anomaly.ts'
import { findDuplicates } from './duplicates.ts'
import { findGaps } from './gaps.ts'
import type { State } from './history.ts'
import { findLostUpdates } from './lost-updates.ts'
import { findNonMonotonicReads } from './non-monotonic-reads.ts'
import { findPhantomReads } from './phantom-reads.ts'
import { recordHistory, type HistoryRecorder, type Session } from './record-history.ts'
import { findStaleReads } from './stale-reads.ts'
import { findWriteSkews } from './write-skews.ts'

/** Histories of a real PostgreSQL, with what its isolation levels allow and forbid. */

type Level = 'read committed' | 'repeatable read' | 'serializable'

const people = ['anna', 'ben', 'cleo', 'dora', 'emil', 'fred', 'gina', 'hugo']
const minutes = 30

describe('eight people who read the sold hours, add and write back', () => {
  test('lose seven bookings at READ COMMITTED, and both ways to find them agree', async () => {
    const { recorder, finalState } = await bookAll('read committed')
    const history = recorder.history()
    expect(finalState['sold minutes']).toBe(minutes)
    const found = findLostUpdates(history, finalState)
    const on = (key: string) => found.filter((anomaly) => anomaly.key === key)
    expect(countAnomalies(on('sold version'))).toBe(7)
    expect(countAnomalies(on('sold minutes'))).toBe(7)
    const faults = found.flatMap((anomaly) =>
      faultsOfWitness(anomaly, history, (part) =>
        findLostUpdates(part, { 'sold minutes': finalState['sold minutes'] ?? null }),
      ),
    )
    expect(faults).toEqual([])
  })

  test('lose none at SERIALIZABLE, where those that are told to begin again do', async () => {
    const { recorder, finalState } = await bookAll('serializable')
    const history = recorder.history()
    expect(history.operations.some(({ outcome }) => outcome === 'failed')).toBe(true)
    expect(finalState['sold minutes']).toBe(minutes * people.length)
    expect(findLostUpdates(history, finalState)).toEqual([])
    expect(findStaleReads(history)).toEqual([])
    expect(findNonMonotonicReads(history)).toEqual([])
  })
})

describe('two people who look whether a room is free and book it', () => {
  test.each<[Level, { phantoms: number; skews: number }]>([
    ['read committed', { phantoms: 1, skews: 1 }],
    ['repeatable read', { phantoms: 0, skews: 1 }],
    ['serializable', { phantoms: 0, skews: 0 }],
  ])('at %s: %j', async (level, expected) => {
    await using database = await testDatabase()
    await using sessions = usingPool(database.ownerUrl, { max: 2 })
    await sessions.pool.query('create table booking (person text)')
    const recorder = recordHistory()
    const annaLooked = Promise.withResolvers<void>()
    const benBooked = Promise.withResolvers<void>()
    await Promise.allSettled([
      bookRoom(sessions.pool, recorder.session('anna'), level, async () => {
        annaLooked.resolve()
        await benBooked.promise
      }),
      annaLooked.promise
        .then(() => bookRoom(sessions.pool, recorder.session('ben'), level, async () => {}))
        .finally(() => benBooked.resolve()),
    ])
    const history = recorder.history()
    const [phantoms, skews] = [findPhantomReads(history), findWriteSkews(history)]
    expect({ phantoms: phantoms.length, skews: skews.length }).toEqual(expected)
    for (const anomaly of phantoms) {
      expect(faultsOfWitness(anomaly, history, findPhantomReads)).toEqual([])
    }
    for (const anomaly of skews) {
      expect(faultsOfWitness(anomaly, history, findWriteSkews)).toEqual([])
    }
  })
})

test('a reader of a log that is numbered by a sequence goes past what is committed late', async () => {
  await using database = await testDatabase()
  await using sessions = usingPool(database.ownerUrl, { max: 3 })
  await sessions.pool.query('create table event (position bigserial primary key)')
  const recorder = recordHistory()
  const reader = recorder.session('reader')
  const insert = async (client: Pool | PoolClient) => {
    const sql = 'insert into event default values returning position'
    return Number((await client.query<{ position: string }>(sql)).rows[0]?.position)
  }
  let seen = 0
  const readOn = () =>
    reader.read('delivery', 'event', async () => {
      const sql = 'select position from event where position > $1 order by position'
      const { rows } = await sessions.pool.query<{ position: string }>(sql, [seen])
      const got = rows.map(({ position }) => Number(position))
      seen = got.at(-1) ?? seen
      return got
    })
  await recorder.session('anna').create('event', () => insert(sessions.pool))
  await readOn()
  await recorder.session('ben').create('event', () =>
    inTransaction(sessions.pool, async (client) => {
      const position = await insert(client)
      await recorder.session('cleo').create('event', () => insert(sessions.pool))
      await readOn()
      return position
    }),
  )
  await readOn()
  const { rows } = await sessions.pool.query<{ position: string }>('select position from event')
  const finalState = { event: rows.map(({ position }) => Number(position)) }
  const history = recorder.history()
  expect(findGaps(history, { sequences: ['event'], finalState })).toMatchObject([
    { sentence: 'reader got 1 and 3, but never 2', witness: [{ value: [1] }, { value: [3] }] },
  ])
  expect(findDuplicates(history, finalState)).toEqual([])
})

/** All have read before anybody writes; who is told to begin again (40001) does. */
async function bookAll(level: Level): Promise<{ recorder: HistoryRecorder; finalState: State }> {
  await using database = await testDatabase()
  await using sessions = usingPool(database.ownerUrl, { max: people.length })
  await sessions.pool.query(
    `create table sold (version text, minutes int); insert into sold values ('none', 0)`,
  )
  const recorder = recordHistory({ initial: { 'sold version': 'none' } })
  const allRead = Promise.withResolvers<void>()
  let reads = 0
  const wait = async () => {
    if (++reads >= people.length) allRead.resolve()
    await allRead.promise
  }
  await Promise.all(
    people.map(async (person) => {
      const session = recorder.session(person)
      while (!(await bookHours(sessions.pool, session, { level, person, wait })));
    }),
  )
  const { rows } = await sessions.pool.query<{ version: string; minutes: number }>(
    'select * from sold',
  )
  const [{ version, minutes } = { version: '', minutes: Number.NaN }] = rows
  return { recorder, finalState: { 'sold version': version, 'sold minutes': minutes } }
}

async function bookHours(
  pool: Pool,
  session: Session,
  { level, person, wait }: { level: Level; person: string; wait: () => Promise<void> },
): Promise<boolean> {
  const booking = session.transaction((inside) =>
    inside.increment('sold minutes', minutes, () =>
      inTransaction(pool, async (client) => {
        await client.query(`set transaction isolation level ${level}`)
        let before = 0
        await inside.read('register', 'sold version', async () => {
          const sql = 'select version, minutes from sold'
          const { rows } = await client.query<{ version: string; minutes: number }>(sql)
          before = rows[0]?.minutes ?? Number.NaN
          return rows[0]?.version ?? null
        })
        await wait()
        await inside.write('sold version', person, () =>
          client.query('update sold set version = $1, minutes = $2', [person, before + minutes]),
        )
      }),
    ),
  )
  return booking.then(() => true, againIfToldSo)
}

/** Looks, lets the other book, looks again, and books. */
function bookRoom(
  pool: Pool,
  session: Session,
  level: Level,
  meanwhile: () => Promise<void>,
): Promise<void> {
  return session.transaction((inside) =>
    inTransaction(pool, async (client) => {
      await client.query(`set transaction isolation level ${level}`)
      const look = () =>
        inside.read('collection', 'bookings', async () => {
          const { rows } = await client.query<{ person: string }>('select person from booking')
          return rows.map(({ person }) => person)
        })
      const [first] = [await look()]
      await meanwhile()
      await look()
      const person = first.length === 0 ? `booking ${crypto.randomUUID()}` : 'none'
      await inside.append('bookings', person, () =>
        client.query('insert into booking values ($1)', [person]),
      )
    }),
  )
}

function againIfToldSo(error: unknown): false {
  if (error instanceof Error && 'code' in error && error.code === '40001') return false
  throw error
}
