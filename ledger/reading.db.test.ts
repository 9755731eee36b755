import { usingPool } from '@pet/postgres/pool'
import { describe, expect, test, vi } from 'vitest'
import { createLedger } from './ledger.ts'
import type { RecordedEvent } from './recorded-event.ts'
import { note, testLedger } from './testing.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const positionsOf = (events: RecordedEvent[]): number[] => events.map(({ position }) => position)

/** The positions that come, until `last` has. */
async function positionsUpTo(
  last: number,
  events: AsyncIterable<RecordedEvent>,
): Promise<number[]> {
  const positions: number[] = []
  for await (const { position } of events) {
    positions.push(position)
    if (position >= last) break
  }
  return positions
}

describe('a stream', () => {
  test('is read forward and backward, from a version, so many', async () => {
    await using log = await testLedger()
    await log.ledger.append(note('a', { data: upTo(5) }))
    const read = async (options: Parameters<typeof log.ledger.readStream>[1]) =>
      (await log.ledger.readStream('a', options)).map(({ data }) => data)
    expect(await read({ from: 2, limit: 3 })).toEqual([2, 3, 4])
    expect(await read({ direction: 'backward' })).toEqual([5, 4, 3, 2, 1])
    expect(await read({ direction: 'backward', from: 4, limit: 2 })).toEqual([4, 3])
    expect(await log.ledger.readStream('b', { direction: 'backward' })).toEqual([])
  })
})

describe('the log', () => {
  test('is read a page at a time, no sooner than it is asked for', async () => {
    await using log = await testLedger()
    await log.ledger.append(note('a', { data: upTo(10) }))
    let queries = 0
    log.pool.on('acquire', () => (queries += 1))
    const events = log.ledger.log({ after: 2, pageSize: 3 })[Symbol.asyncIterator]()
    for (const position of [3, 4, 5]) {
      expect((await events.next()).value).toMatchObject({ position })
    }
    expect(queries).toBe(2) // the head and one page
    const rest = await Array.fromAsync({ [Symbol.asyncIterator]: () => events })
    expect(positionsOf(rest)).toEqual([6, 7, 8, 9, 10])
  })

  test('is read up to the head as it was, filtered by type and by how streams begin', async () => {
    await using log = await testLedger()
    await log.ledger.append(note('quote-1', { data: upTo(3) }))
    await log.ledger.append(note('quote_2'))
    await log.ledger.append({
      ...{ commandId: 'sent', actor: 'tester' },
      streams: [{ stream: 'quote-1', expected: 3, events: [{ type: 'Sent', data: {} }] }],
    })
    const read = async (options: Parameters<typeof log.ledger.log>[0]) =>
      positionsOf(await Array.fromAsync(log.ledger.log({ ...options, pageSize: 2 })))
    expect(await read({ streamPrefix: 'quote-' })).toEqual([1, 2, 3, 5])
    expect(await read({ types: ['Sent'], streamPrefix: 'quote-' })).toEqual([5])
    expect(await read({ types: ['Sent'], streamPrefix: 'quote_' })).toEqual([])
    expect(await read({ after: 5 })).toEqual([])
  })
})

describe('a subscription', () => {
  test('brings what is there, then each event as it comes, and ends with its signal', async () => {
    await using log = await testLedger()
    await log.ledger.append(note('a', { data: upTo(3) }))
    const over = new AbortController()
    const pollMs = 60_000 // so that it is the notification that wakes it
    const seen: number[] = []
    const reading = (async () => {
      for await (const { position } of log.ledger.subscribe({ signal: over.signal, pollMs })) {
        seen.push(position)
        if (position === 3) void log.ledger.append(note('a', { data: upTo(2) }))
        if (position === 5) over.abort()
      }
    })()
    await reading
    expect(seen).toEqual(upTo(5))
  })

  test('polls where no notification comes', async () => {
    await using log = await testLedger()
    const { signal } = new AbortController()
    const events = log.ledger.subscribe({ signal, pollMs: 20 })
    const reading = positionsUpTo(1, events)
    await vi.waitFor(async () => {
      const { rowCount } = await log.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and query = 'listen ledger'`,
      )
      expect(rowCount).toBe(1)
    })
    await log.ledger.append(note('a'))
    expect(await reading).toEqual([1])
  })

  test('misses and repeats nothing when its connections are cut again and again', async () => {
    await using log = await testLedger()
    await using other = usingPool(log.applicationUrl, { applicationName: 'writer' })
    const writer = createLedger({ pool: other.pool })
    const { signal } = new AbortController()
    const rounds = 40
    const reading = positionsUpTo(
      rounds * 5,
      log.ledger.subscribe({ signal, pollMs: 50, pageSize: 2 }),
    )
    for (const round of upTo(rounds)) {
      await writer.append(note(`s${round}`, { data: upTo(5) }))
      if (round % 4 !== 0) continue
      await log.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = 'pet' and application_name <> 'writer'`,
      )
    }
    expect(await reading).toEqual(upTo(rounds * 5))
  })

  test('makes up for notifications that were lost with its connection, without polling', async () => {
    await using log = await testLedger()
    await using other = usingPool(log.applicationUrl, { applicationName: 'writer' })
    const writer = createLedger({ pool: other.pool })
    const { signal } = new AbortController()
    const reading = positionsUpTo(2, log.ledger.subscribe({ signal, pollMs: 600_000 }))
    await vi.waitFor(async () => {
      const { rowCount } = await log.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and query = 'listen ledger'`,
      )
      expect(rowCount).toBe(1)
    })
    // Nobody listens for a second.
    await writer.append(note('a'))
    await writer.append(note('a'))
    expect(await reading).toEqual([1, 2])
  })

  test('ends with what is no matter of waiting', async () => {
    await using log = await testLedger()
    await log.owner.query('revoke select on ledger.head from pet')
    const { signal } = new AbortController()
    const events = Array.fromAsync(log.ledger.subscribe({ signal }))
    await expect(events).rejects.toMatchObject({ code: '42501' })
  })
})
