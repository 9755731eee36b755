import { inTransaction } from '@pet/postgres/transaction'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { audit } from './audit.ts'
import type { Command, Outcome } from './command.ts'
import { defineEvents } from './event-catalogue.ts'
import { createLedger } from './ledger.ts'
import { note, testLedger, type TestLedger } from './testing.ts'

const positionsOf = (outcome: Outcome): number[] =>
  outcome.outcome === 'conflict' ? [] : outcome.events.map(({ position }) => position)

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('an append', () => {
  test('returns where its events are, and reads back as it was written', async () => {
    await using log = await testLedger()
    const outcome = await log.ledger.append({
      commandId: 'c1',
      actor: 'anna',
      correlation: 'story',
      causation: 'click',
      context: { organisation: 3 },
      streams: [
        {
          stream: 'quote-1',
          expected: 'none',
          events: [
            { type: 'QuoteDrafted', data: { total: 12 }, occurredAt: '2026-03-01T10:00:00+02:00' },
            { type: 'QuoteSent', schemaVersion: 4, data: null },
          ],
        },
      ],
    })
    expect(outcome).toMatchObject({
      outcome: 'appended',
      events: [
        { position: 1, stream: 'quote-1', version: 1 },
        { position: 2, stream: 'quote-1', version: 2 },
      ],
    })
    const events = await log.ledger.readStream('quote-1')
    expect(events).toMatchObject([
      {
        ...{ position: 1, version: 1, type: 'QuoteDrafted', schemaVersion: 1, actor: 'anna' },
        ...{ correlation: 'story', causation: 'click', context: { organisation: 3 } },
        ...{ occurredAt: '2026-03-01T08:00:00.000Z', commandId: 'c1', data: { total: 12 } },
      },
      { position: 2, version: 2, type: 'QuoteSent', schemaVersion: 4, data: null },
    ])
    expect(events[0]?.recordedAt).toBe(events[1]?.recordedAt)
    expect(await log.ledger.readStream('quote-1', { from: 2 })).toEqual([events[1]])
    expect(await log.ledger.readLog({ types: ['QuoteSent'] })).toEqual([events[1]])
    expect(await log.ledger.readLog({ after: 2 })).toEqual([])
  })

  test.for([
    { expected: 'none', onEmpty: true, onTwo: false },
    { expected: 'exists', onEmpty: false, onTwo: true },
    { expected: 'any', onEmpty: true, onTwo: true },
    { expected: 0, onEmpty: true, onTwo: false },
    { expected: 2, onEmpty: false, onTwo: true },
    { expected: 3, onEmpty: false, onTwo: false },
  ] as const)('that expects $expected', async ({ expected, onEmpty, onTwo }) => {
    await using log = await testLedger()
    const conflict = (stream: string, actual: number) => ({
      ...{ outcome: 'conflict', stream, expected, actual },
    })
    const empty = await log.ledger.append(note('empty', { expected }))
    if (onEmpty) expect(empty.outcome).toBe('appended')
    else expect(empty).toEqual(conflict('empty', 0))
    await log.ledger.append(note('two', { data: [1, 2] }))
    const two = await log.ledger.append(note('two', { expected }))
    if (onTwo) expect(two.outcome).toBe('appended')
    else expect(two).toEqual(conflict('two', 2))
  })

  test('to several streams is all or nothing', async () => {
    await using log = await testLedger()
    await log.ledger.append(note('b'))
    const both: Command = {
      commandId: 'both',
      actor: 'tester',
      streams: [
        { stream: 'a', expected: 'none', events: [{ type: 'Noted', data: 1 }] },
        { stream: 'b', expected: 'none', events: [{ type: 'Noted', data: 2 }] },
      ],
    }
    expect(await log.ledger.append(both)).toEqual({
      ...{ outcome: 'conflict', stream: 'b', expected: 'none', actual: 1 },
    })
    expect(await log.ledger.head()).toMatchObject({ position: 1 })
    both.streams[1]!.expected = 1 // a command that met a conflict may be tried again
    expect(await log.ledger.append(both)).toMatchObject({
      outcome: 'appended',
      events: [
        { position: 2, stream: 'a', version: 1 },
        { position: 3, stream: 'b', version: 2 },
      ],
    })
  })

  test('is refused when a stream that it read has moved', async () => {
    await using log = await testLedger()
    await log.ledger.append(note('price-list'))
    const command = { ...note('quote'), reads: [{ stream: 'price-list', version: 0 }] }
    expect(await log.ledger.append(command)).toEqual({
      ...{ outcome: 'conflict', stream: 'price-list', expected: 0, actual: 1 },
    })
    const again = { ...command, reads: [{ stream: 'price-list', version: 1 }] }
    expect((await log.ledger.append(again)).outcome).toBe('appended')
    expect((await log.ledger.readStream('price-list')).length).toBe(1)
  })

  test('with a command id that was appended returns the first outcome, from any node', async () => {
    await using log = await testLedger()
    const first = await log.ledger.append(note('a', { commandId: 'once', data: [1, 2] }))
    const other = createLedger({ pool: log.pool })
    const [second, third] = await Promise.all([
      log.ledger.append(note('a', { commandId: 'once', expected: 'none' })),
      other.append(note('elsewhere', { commandId: 'once' })),
    ])
    expect(second).toEqual({ ...first, outcome: 'duplicate' })
    expect(third).toEqual({ ...first, outcome: 'duplicate' })
    expect(await other.readCommand('once')).toMatchObject([{ version: 1 }, { version: 2 }])
    expect(await other.readCommand('never')).toEqual([])
    expect(await log.ledger.head()).toMatchObject({ position: 2 })
  })

  test('of ten thousand events is one command', async () => {
    await using log = await testLedger()
    const outcome = await log.ledger.append(note('large', { data: upTo(10_000) }))
    expect(positionsOf(outcome)).toEqual(upTo(10_000))
    expect(await log.ledger.readStream('large', { from: 9_999 })).toMatchObject([
      { version: 9_999, data: 9_999 },
      { version: 10_000, data: 10_000 },
    ])
    expect(await audit(log.pool)).toMatchObject({ events: 10_000, ok: true })
  })
})

describe('appends at the same time', () => {
  test('to many streams from two nodes: positions are dense, versions too', async () => {
    await using log = await testLedger()
    const nodes = [log.ledger, createLedger({ pool: log.pool })]
    const outcomes = await Promise.all(
      upTo(400).map((n) => nodes[n % 2]!.append(note(`s${n % 32}`, { data: [n, -n] }))),
    )
    const positions = outcomes.flatMap(positionsOf).toSorted((a, b) => a - b)
    expect(positions).toEqual(upTo(800))
    const stream = await log.ledger.readStream('s7')
    expect(stream.map(({ version }) => version)).toEqual(upTo(stream.length))
    expect(await audit(log.pool)).toMatchObject({ events: 800, ok: true })
  })

  test('to one stream: of 32 that expect the same version, one wins', async () => {
    await using log = await testLedger()
    const nodes = [log.ledger, createLedger({ pool: log.pool })]
    const outcomes = await Promise.all(
      upTo(32).map((n) => nodes[n % 2]!.append(note('hot', { expected: 0 }))),
    )
    expect(outcomes.filter(({ outcome }) => outcome === 'appended').length).toBe(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'conflict').length).toBe(31)
    const all = await Promise.all(upTo(32).map(() => log.ledger.append(note('hot'))))
    expect(all.flatMap(positionsOf).toSorted((a, b) => a - b)).toEqual(upTo(33).slice(1))
  })

  test('a command that can not be written fails alone', async () => {
    await using log = await testLedger()
    await log.owner.query(`
      create function public.refuse(first bigint, last bigint) returns void language plpgsql as $$
      begin
        if exists (select from ledger.event
                   where position between first and last and data = '"poison"') then
          raise exception 'poison';
        end if;
      end $$;
      select ledger.register_inline_projection('refuse', 'public.refuse'::regproc)`)
    const results = await Promise.allSettled(
      upTo(20).map((n) => log.ledger.append(note(`s${n}`, { data: [n === 7 ? 'poison' : n] }))),
    )
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(19)
    expect(results[6]).toMatchObject({ status: 'rejected', reason: { message: 'poison' } })
    expect(await audit(log.pool)).toMatchObject({ events: 19, ok: true })
  })
})

describe('is refused before anything is written:', () => {
  let log: TestLedger
  beforeAll(async () => void (log = await testLedger(events)))
  afterAll(() => log[Symbol.asyncDispose]())

  const events = defineEvents({
    Noted: {
      schemaVersion: 2,
      schema: z.strictObject({ text: z.string() }),
      upcasters: { 1: (data) => data },
    },
  })
  const good = { type: 'Noted', data: { text: 'x' } }
  const command = (change: Partial<Command>, event: object = good): Command => ({
    ...{ commandId: 'c', actor: 'a' },
    streams: [{ stream: 's', expected: 'any', events: [{ ...good, ...event }] }],
    ...change,
  })
  const stream = (change: object) => ({ stream: 's', expected: 'any', events: [good], ...change })

  const large = 'x'.repeat(900_000)

  test.for<[string, string, Command | object]>([
    ['an unknown type', 'unknown-event-type', command({}, { type: 'Unheard' })],
    ['a type of every object', 'unknown-event-type', command({}, { type: 'constructor' })],
    ['wrong data', 'invalid-event-data', command({}, { data: { text: 7 } })],
    ['another schema version', 'invalid-event-data', command({}, { schemaVersion: 1 })],
    ['the NUL character', 'invalid-event-data', command({}, { data: { text: 'a\0b' } })],
    ['a lone surrogate', 'invalid-event-data', command({}, { data: { text: '\ud800' } })],
    ['a huge event', 'event-too-large', command({}, { data: { text: 'x'.repeat(1_000_001) } })],
    [
      'a huge command',
      'command-too-large',
      command({
        streams: [
          stream({ events: upTo(60).map(() => ({ type: 'Noted', data: { text: large } })) }),
        ] as never,
      }),
    ],
    ['no command id', 'invalid-command', command({ commandId: '' })],
    ['no stream', 'invalid-command', command({ streams: [] })],
    ['no event', 'invalid-command', command({ streams: [stream({ events: [] })] as never })],
    [
      'a negative version',
      'invalid-command',
      command({ streams: [stream({ expected: -1 })] as never }),
    ],
    ['a stream twice', 'invalid-command', command({ streams: [stream({}), stream({})] as never })],
    [
      'too many events',
      'invalid-command',
      command({ streams: [stream({ events: upTo(10_001).map(() => good) })] as never }),
    ],
    ['a date that is none', 'invalid-command', command({}, { occurredAt: 'yesterday' })],
    ['the year 0', 'invalid-command', command({}, { occurredAt: '0000-05-01T00:00:00Z' })],
    ['a context that is no JSON', 'invalid-command', command({ context: new Date() as never })],
    ['an unknown field', 'invalid-command', { ...command({}), comandId: 'x' }],
  ])('%s', async ([, code, wrong]) => {
    await expect(log.ledger.append(wrong as Command)).rejects.toMatchObject({ code })
    expect(await log.ledger.head()).toMatchObject({ position: 0 })
  })
})

describe('ledger.append in SQL', () => {
  type Call = { commands?: string; streams?: string; counts?: string; events?: number }
  const call = ({ commands = '{1}', streams = '{s}', counts = '{1}', events = 1 }: Call) => `
    select ledger.append('{c}', '{a}', '{null}', '{null}', '{null}', '${commands}', '${streams}',
      array_fill(-1, array[cardinality('${streams}'::text[])]), '${counts}',
      array_fill(gen_random_uuid(), array[${events}]), array_fill('Noted'::text, array[${events}]),
      array_fill(1, array[${events}]), array_fill(now(), array[${events}]),
      array_fill('{}'::jsonb, array[${events}]), array_fill(sha256(''), array[${events}]))`

  test('is a transaction of its own', async () => {
    await using log = await testLedger()
    const code = '25001'
    await expect(
      inTransaction(log.pool, async (client) => {
        await client.query(`insert into ledger.projection (name, version) values ('p', 1)`)
        await client.query(call({}))
      }),
    ).rejects.toMatchObject({ code })
    await expect(
      inTransaction(log.pool, async (client) => {
        await client.query('set transaction isolation level repeatable read')
        await client.query(call({}))
      }),
    ).rejects.toMatchObject({ code })
    await expect(
      inTransaction(log.pool, async (client) => {
        await client.query(call({}))
        await client.query(`insert into ledger.projection (name, version) values ('p', 1)`)
      }),
    ).rejects.toMatchObject({ code: '25006' }) // read-only transaction
    expect(await log.ledger.head()).toMatchObject({ position: 0 })
    await log.pool.query(call({}))
    expect(await log.ledger.head()).toMatchObject({ position: 1 })
  })

  test.for([
    ['a stream written twice', { commands: '{1,1}', streams: '{s,s}', counts: '{1,1}', events: 2 }],
    ['a command without events', { counts: '{0}', events: 0 }],
    ['events of no command', { commands: '{1,2}', streams: '{s,t}', counts: '{1,1}', events: 2 }],
    ['fewer events than announced', { counts: '{2}' }],
    ['more events than announced', { events: 2 }],
    ['too many events', { counts: '{10001}', events: 10_001 }],
    ['a negative count', { commands: '{1,1}', streams: '{s,t}', counts: '{2,-1}' }],
  ] as const)('refuses %s', async ([, change]) => {
    await using log = await testLedger()
    await expect(log.pool.query(call(change))).rejects.toMatchObject({ code: '22023' })
    expect(await log.ledger.head()).toMatchObject({ position: 0 })
  })
})

test('an append that was given up before it was sent is not written', async () => {
  await using log = await testLedger()
  const signal = AbortSignal.abort(new Error('gave up'))
  await expect(log.ledger.append(note('a'), { signal })).rejects.toThrow('gave up')
  expect(await log.ledger.head()).toMatchObject({ position: 0 })
})
