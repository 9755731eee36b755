import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { audit } from './audit.ts'
import { defineEvents } from './event-catalogue.ts'
import type { Json } from './json.ts'
import { createLedger } from './ledger.ts'
import { personal } from './personal.ts'
import { testLedger } from './testing.ts'

const first = defineEvents({
  ContactAdded: { schemaVersion: 1, schema: z.strictObject({ name: personal() }) },
})

type NameOnly = { name: { kind: 'personal'; person: string; value: string | null } }

const third = defineEvents({
  ContactAdded: {
    schemaVersion: 3,
    schema: z.strictObject({ contact: z.strictObject({ name: personal() }), language: z.string() }),
    upcasters: {
      1: (data: Json) => ({ contact: data as NameOnly }),
      2: (data: Json) => ({ ...(data as { contact: NameOnly }), language: 'en' }),
    },
  },
})

const anna = { kind: 'personal', person: 'anna', value: 'Anna' }

const add = (commandId: string, data: Json) => ({
  ...{ commandId, actor: 'tester' },
  streams: [{ stream: 'a', expected: 'any' as const, events: [{ type: 'ContactAdded', data }] }],
})

describe('an event that was written in an older shape', () => {
  test('reads in the present one by every road, and stands in the log as it was', async () => {
    await using log = await testLedger(first)
    await log.ledger.append(add('old', { name: anna }))
    const now = createLedger({ pool: log.pool, events: third })
    await now.append(add('new', { contact: { name: anna }, language: 'de' }))

    const inThird = (language: string, value: string | null) => ({
      schemaVersion: 3,
      data: { contact: { name: { ...anna, value } }, language },
    })
    const both = [inThird('en', 'Anna'), inThird('de', 'Anna')]
    expect(await now.readStream('a')).toMatchObject(both)
    expect(await now.readLog()).toMatchObject(both)
    expect(await Array.fromAsync(now.log())).toMatchObject(both)
    expect(await now.readCommand('old')).toMatchObject(both.slice(0, 1))
    await now.erasePerson('anna')
    expect(await now.readStream('a')).toMatchObject([inThird('en', null), inThird('de', null)])

    const { rows } = await log.pool.query(
      `select schema_version, data ? 'name' as is_old from ledger.event order by position`,
    )
    expect(rows).toEqual([
      { schema_version: 1, is_old: true },
      { schema_version: 3, is_old: false },
    ])
    expect(await audit(log.pool)).toMatchObject({ events: 2, ok: true })
  })

  test('is not guessed at by a program that is older than the event', async () => {
    await using log = await testLedger(third)
    await log.ledger.append(add('new', { contact: { name: anna }, language: 'de' }))
    const older = createLedger({ pool: log.pool, events: first })
    await expect(older.readStream('a')).rejects.toMatchObject({ code: 'newer-schema-version' })
  })
})

test('a catalogue says how each older version is read', () => {
  const schema = z.strictObject({})
  const same = (data: Json): Json => data
  expect(() => defineEvents({ A: { schemaVersion: 3, schema, upcasters: { 2: same } } })).toThrow(
    'an upcaster for each of the versions 1, 2, not 2',
  )
  expect(() => defineEvents({ A: { schemaVersion: 1, schema, upcasters: { 1: same } } })).toThrow(
    'each of the versions (none), not 1',
  )
})
