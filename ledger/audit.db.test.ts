import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { audit } from './audit.ts'
import { isStorableText, NotJson, toJson, type Json } from './json.ts'
import { note, testLedger } from './testing.ts'

test('an empty log holds', async () => {
  await using log = await testLedger()
  expect(await audit(log.pool)).toEqual({
    ...{ events: 0, head: '0'.repeat(64), ok: true, firstBroken: null, unguarded: [] },
  })
})

test('the head is the chain over everything, and changes with every append', async () => {
  await using log = await testLedger()
  await log.ledger.append(note('a'))
  const first = await audit(log.pool)
  expect(first).toEqual({
    ...{
      events: 1,
      head: (await log.ledger.head()).hash,
      ok: true,
      firstBroken: null,
      unguarded: [],
    },
  })
  await log.ledger.append(note('a'))
  expect((await audit(log.pool)).head).not.toBe(first.head)
})

test('there is no false alarm, whatever the data and however they are spread over batches', async () => {
  await using log = await testLedger()
  const text = fc.string({ unit: 'binary' }).filter(isStorableText)
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(1e21, -0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 2 ** 53, 1e-7, -1e21),
    fc.jsonValue({ stringUnit: 'binary' }),
    text,
  )
  const data = fc
    .oneof(value, fc.array(value), fc.dictionary(text, value))
    .filter(isStorable) as fc.Arbitrary<Json>
  const occurredAt = fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString())
  const written: Json[] = []
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ data, occurredAt }), { minLength: 1, maxLength: 5 }),
      data,
      text.filter((stream) => stream.length > 0),
      async (events, context, stream) => {
        await log.ledger.append({
          ...{ commandId: crypto.randomUUID(), actor: 'tester', context },
          streams: [
            {
              ...{ stream, expected: 'any' },
              events: events.map((event) => ({ type: 'Noted', ...event })),
            },
          ],
        })
        written.push(...events.map((event) => event.data))
      },
    ),
    { numRuns: 150 },
  )
  expect(await audit(log.pool, { batchSize: 7 })).toMatchObject({
    ok: true,
    events: written.length,
  })
  const read = await log.ledger.readLog({ limit: written.length })
  expect(JSON.stringify(read.map(({ data: item }) => sorted(item)))).toBe(
    JSON.stringify(written.map(sorted)),
  )
})

function isStorable(value: unknown): boolean {
  try {
    toJson(value, 'data')
    return true
  } catch (error) {
    if (error instanceof NotJson) return false
    throw error
  }
}

/** With keys in one order, as PostgreSQL does not keep that of the writer. */
function sorted(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

describe('what a superuser changes behind the triggers is found:', () => {
  // Groups: 1–3 (a, command one), 4–5 (b, command two), 6 (a, command three).
  test.for<[string, number, string]>([
    ['data', 4, `update ledger.event set data = '{"n": 41}' where position = 4`],
    [
      'a number beyond what a double holds',
      2,
      `update ledger.event set data = '{"n": 2.00000000000000000001}' where position = 2`,
    ],
    ['the type', 2, `update ledger.event set type = 'Other' where position = 2`],
    ['who did it', 5, `update ledger.event set actor = 'somebody else' where position = 5`],
    ['the context', 6, `update ledger.event set context = '{"x": 1}' where position = 6`],
    [
      'when it happened',
      3,
      `update ledger.event set occurred_at = occurred_at + interval '1 microsecond' where position = 3`,
    ],
    [
      'when it was recorded',
      3,
      `update ledger.event set recorded_at = recorded_at - interval '1 day' where position = 3`,
    ],
    [
      'when all of a group was recorded',
      4,
      `update ledger.event set recorded_at = recorded_at - interval '1 day' where position in (4, 5);
       update ledger.append_group set recorded_at = recorded_at - interval '1 day' where first_position = 4`,
    ],
    ['the stream', 6, `update ledger.event set stream = 'b' where position = 6`],
    ['a version', 3, `update ledger.event set version = 9 where position = 3`],
    [
      'two versions, swapped',
      2,
      `update ledger.event set version = 5 - version where position in (2, 3)`,
    ],
    [
      'two positions, swapped',
      4,
      `update ledger.event set position = 99 where position = 4;
       update ledger.event set position = 4 where position = 5;
       update ledger.event set position = 5 where position = 99`,
    ],
    ['a position', 2, `update ledger.event set position = 50 where position = 2`],
    ['an event gone', 2, `delete from ledger.event where position = 2`],
    ['the last event gone', 6, `delete from ledger.event where position = 6`],
    ['everything gone', 1, `truncate ledger.event`],
    [
      'the last group gone, the head put back without its hash',
      5,
      `delete from ledger.event where position = 6;
       delete from ledger.append_group where first_position = 6;
       delete from ledger.command where first_position = 6;
       update ledger.stream set version = 3 where stream = 'a';
       update ledger.head set position = 5`,
    ],
    [
      'an event put in',
      7,
      `insert into ledger.event
       select 7, id, stream, 4, type, schema_version, occurred_at, recorded_at, actor, command_id,
         correlation, causation, context, data, hash
       from ledger.event where position = 6`,
    ],
    [
      'an event with a hash made to match',
      4,
      `update ledger.event set data = (select data from ledger.event where position = 1),
         hash = (select hash from ledger.event where position = 1) where position = 4`,
    ],
    ['a hash', 5, `update ledger.event set hash = sha256(hash) where position = 5`],
    [
      'a group that was never appended',
      7,
      `insert into ledger.append_group
       select 7, 8, recorded_at, hash, hash from ledger.append_group where first_position = 6`,
    ],
    ['a group gone', 4, `delete from ledger.append_group where first_position = 4`],
    ['the head', 6, `update ledger.head set hash = sha256(hash)`],
    ['a command gone', 4, `delete from ledger.command where command_id = 'two'`],
    [
      'a command that points elsewhere',
      1,
      `update ledger.command set first_position = 2 where command_id = 'one'`,
    ],
    ['a command that never was', 6, `insert into ledger.command values ('four', 6, 6)`],
    ['the version of a stream', 5, `update ledger.stream set version = 7 where stream = 'b'`],
    ['a stream gone', 5, `delete from ledger.stream where stream = 'b'`],
  ])('%s', async ([, position, change]) => {
    await using log = await testLedger()
    const data = [1, 2, 3].map((n) => ({ n }))
    await log.ledger.append(note('a', { commandId: 'one', data }))
    await log.ledger.append(note('b', { commandId: 'two', data: data.slice(1) }))
    await log.ledger.append(note('a', { commandId: 'three' }))
    await log.owner.query(`set session_replication_role = replica; ${change}; reset all`)
    expect(await audit(log.pool)).toMatchObject({ ok: false, firstBroken: position })
  })
})
