import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { defineEvents } from './event-catalogue.ts'
import { createLedger } from './ledger.ts'
import { note, testLedger, type TestLedger } from './testing.ts'

const events = defineEvents({
  Noted: { schemaVersion: 1, schema: z.strictObject({ text: z.string() }) },
  Struck: { schemaVersion: 1, schema: z.strictObject({}) },
})

let log: TestLedger
beforeAll(async () => void (log = await testLedger(events)))
afterAll(() => log[Symbol.asyncDispose]())

const noted = (data: object[]) => note('s', { data: data as never })
const good = { text: 'x' }

test.for([
  [
    'an unknown type',
    {
      ...noted([good]),
      streams: [{ stream: 's', expected: 'any', events: [{ type: 'Heard', data: {} }] }],
    },
    'unknown-event-type',
    /no type "Heard".*expected one of Noted, Struck/,
  ],
  ['a wrong shape', noted([{ text: 7 }]), 'invalid-event-data', /expected string.*at text/s],
  [
    'a version below zero',
    note('s', { expected: -1, data: [good] }),
    'invalid-command',
    /expected number to be >=0.*streams\[0\]\.expected/s,
  ],
  [
    'an event of 5 MB',
    noted([{ text: 'x'.repeat(5_000_000) }]),
    'event-too-large',
    /has 5000\d\d\d characters; the ledger takes 1000000/,
  ],
  [
    'ten thousand and one events',
    noted(Array.from({ length: 10_001 }, () => good)),
    'invalid-command',
    /has more than 10000 events/,
  ],
] as const)(
  '%s is refused in words that say what was expected',
  async ([, command, code, words]) => {
    const refused = expect(log.ledger.append(command as never)).rejects
    await refused.toMatchObject({
      name: 'LedgerError',
      code,
      message: expect.stringMatching(words),
    })
    expect(await log.ledger.head()).toMatchObject({ position: 0 })
  },
)

test('a closed ledger says so', async () => {
  const ledger = createLedger({ pool: log.pool })
  await ledger.close()
  await expect(ledger.append(note('s'))).rejects.toMatchObject({
    ...{ name: 'LedgerError', code: 'closed', message: expect.stringMatching(/is closed/) },
  })
})
