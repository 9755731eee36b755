import { usingPool } from '@pet/postgres/pool'
import { describe, expect, test, vi } from 'vitest'
import { defineEvents } from './event-catalogue.ts'
import type { Fold } from './fold.ts'
import { createLedger, type Json, type Ledger } from './ledger.ts'
import { personal } from './personal.ts'
import { note, testLedger, type TestLedger } from './testing.ts'
import * as z from 'zod'

type Account = { cents: number; versions: number[] }

/** A sum and the versions that went into it; `folded` counts the events that were read for it. */
function account(every: number, version = 1): { fold: Fold<Account>; folded: () => number } {
  let folded = 0
  return {
    folded: () => folded,
    fold: {
      initial: { cents: 0, versions: [] },
      evolve({ cents, versions }, { data, version }) {
        folded += 1
        return { cents: cents + Number(data), versions: [...versions, version] }
      },
      snapshot: { name: 'account', version, every },
    },
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const after = (count: number): Account => ({
  cents: (count * (count + 1)) / 2,
  versions: upTo(count),
})

async function withAccount(events: number): Promise<TestLedger> {
  const log = await testLedger()
  await log.ledger.append(note('account-1', { data: upTo(events) }))
  return log
}

async function kept(log: TestLedger): Promise<object[]> {
  const { rows } = await log.owner.query<object>('select * from ledger.snapshot order by stream')
  return rows
}

/** A snapshot as it was, whatever there is now. */
async function putBack(log: TestLedger, snapshot: object): Promise<void> {
  await log.owner.query('delete from ledger.snapshot')
  const columns = Object.keys(snapshot)
  const values = columns.map((_, index) => `$${index + 1}`)
  await log.owner.query(
    `insert into ledger.snapshot (${columns.join()}) values (${values.join()})`,
    Object.values(snapshot),
  )
}

describe('a stream is folded', () => {
  test('into what its events say, with a snapshot or without, and no further than needed', async () => {
    await using log = await withAccount(2_500)
    const { fold, folded } = account(1_000)
    const { initial, evolve } = fold
    const whole = { state: after(2_500), version: 2_500 }
    expect(await log.ledger.readState('account-1', { initial, evolve })).toEqual(whole)
    expect(await kept(log)).toEqual([])
    expect(await log.ledger.readState('account-1', fold)).toEqual(whole)
    expect(folded()).toBe(5_000)
    expect(await log.ledger.readState('account-1', fold)).toEqual(whole)
    expect(folded()).toBe(5_000)
    await log.ledger.append(note('account-1', { data: [2_501] }))
    const { state } = await log.ledger.readState('account-1', fold)
    expect(state).toEqual(after(2_501))
    expect(folded()).toBe(5_001)
    expect(await kept(log)).toMatchObject([{ version: '2500', persons: [] }])
  })

  test('to nothing where there is no such stream, and nothing is kept of it', async () => {
    await using log = await withAccount(1)
    const { fold } = account(1)
    expect(await log.ledger.readState('other', fold)).toEqual({ state: after(0), version: 0 })
    expect(await kept(log)).toEqual([])
  })

  test('while others append and fold it, each time to what its events say', async () => {
    await using log = await withAccount(1)
    await using pool = usingPool(log.applicationUrl)
    const nodes = [log.ledger, createLedger(pool)]
    const { fold } = account(7)
    const reading = nodes
      .flatMap((node) => [node, node, node])
      .map(async (node) => {
        for (let version = 0; version < 200;) {
          const read = await node.readState('account-1', fold)
          expect(read.state).toEqual(after(read.version))
          expect(read.version).toBeGreaterThanOrEqual(version)
          version = read.version
        }
      })
    for (const n of upTo(199)) await log.ledger.append(note('account-1', { data: [n + 1] }))
    await Promise.all(reading)
  })

  test('to what is no JSON only without a snapshot', async () => {
    await using log = await withAccount(3)
    const fold = { initial: new Map(), evolve: (state: Map<unknown, unknown>) => state }
    expect(await log.ledger.readState('account-1', fold)).toMatchObject({ version: 3 })
    const snapshot = { name: 'map', version: 1, every: 1 }
    await expect(log.ledger.readState('account-1', { ...fold, snapshot })).rejects.toMatchObject({
      code: 'invalid-state',
      message: expect.stringContaining('state is a Map, expected a plain object'),
    })
  })

  test('although the snapshot can not be kept', async () => {
    await using log = await withAccount(3)
    await log.owner.query('revoke insert on ledger.snapshot from pet')
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    expect(await log.ledger.readState('account-1', account(1).fold)).toMatchObject({ version: 3 })
    expect(JSON.stringify(warned.mock.calls)).toContain('of account-1 could not be kept')
    warned.mockRestore()
  })
})

describe('a snapshot that does not hold is thrown away and made anew', () => {
  const others = `(select kept from ledger.snapshot as kept where stream = 'account-2')`
  test.for<[string, string]>([
    ['its state was changed', `state = replace(state, '"cents":55', '"cents":56')`],
    ['its state is no JSON', `state = '{'`],
    ['its state is that of another stream', `state = (${others}).state`],
    [
      'all of it but the name is of another stream',
      `(version, event_hash, state, checksum) =
         ((${others}).version, (${others}).event_hash, (${others}).state, (${others}).checksum)`,
    ],
    ['its version is an earlier one', 'version = 9'],
    ['it is ahead of the stream', 'version = 11'],
    ['its version is none', 'version = -1'],
    ['it ends with another event', `event_hash = sha256('other')`],
    ['it is of an older fold', 'fold_version = 0'],
    ['it is of a newer fold', 'fold_version = 2'],
    ['somebody was put into it', `persons = '{anna}'`],
    ['its checksum was changed', `checksum = sha256('other')`],
    ['its checksum is gone', `checksum = ''`],
  ])('%s', async ([, change]) => {
    await using log = await withAccount(10)
    await log.ledger.append(note('account-2', { data: upTo(12) }))
    const { fold, folded } = account(10)
    await log.ledger.readState('account-2', fold)
    await log.ledger.readState('account-1', fold)
    const before = await kept(log)
    await log.owner.query(`update ledger.snapshot set ${change} where stream = 'account-1'`)
    expect(await kept(log)).not.toEqual(before)

    const once = folded()
    const whole = { state: after(10), version: 10 }
    expect(await log.ledger.readState('account-1', fold)).toEqual(whole)
    expect(folded()).toBe(once + 10)
    expect(await kept(log)).toEqual(before)
    expect(await log.ledger.readState('account-1', fold)).toEqual(whole)
    expect(folded()).toBe(once + 10)
  })

  test.for([10, 12])('it is of another log, where the stream has %i events', async (events) => {
    await using log = await withAccount(10)
    await using other = await withAccount(events)
    await other.ledger.readState('account-1', account(1).fold)
    const [foreign] = await kept(other)
    await putBack(log, foreign!)
    const { fold, folded } = account(1)
    expect((await log.ledger.readState('account-1', fold)).state).toEqual(after(10))
    expect(folded()).toBe(10)
    expect(await kept(log)).not.toEqual([foreign])
  })

  test('the stream is gone', async () => {
    await using log = await withAccount(10)
    await log.ledger.readState('account-1', account(1).fold)
    await log.owner.query(`update ledger.snapshot set stream = 'account-7'`)
    const read = await log.ledger.readState('account-7', account(1).fold)
    expect(read).toEqual({ state: after(0), version: 0 })
    expect(await kept(log)).toEqual([])
  })

  test('the version of the fold was raised', async () => {
    await using log = await withAccount(10)
    await log.ledger.readState('account-1', account(5, 1).fold)
    const doubled = account(5, 2)
    const evolve: typeof doubled.fold.evolve = (state, event) =>
      doubled.fold.evolve(state, { ...event, data: 2 * Number(event.data) })
    const { state } = await log.ledger.readState('account-1', { ...doubled.fold, evolve })
    expect(state.cents).toBe(2 * after(10).cents)
    expect(await kept(log)).toMatchObject([{ fold_version: 2, version: '10' }])
  })
})

describe('personal values', () => {
  const about = (person: string, value: string): Json => ({ kind: 'personal', person, value })
  const events = defineEvents({
    Greeted: {
      schemaVersion: 2,
      schema: z.strictObject({ name: personal(), greeting: z.string() }),
      // Takes the value out of its mark: from here on nothing shows that it is personal.
      upcasters: { 1: (data) => ({ ...(data as object), greeting: greetingOf(data) }) },
    },
  })
  const greetingOf = (data: Json): string =>
    `Hello, ${(data as { name: { value: string | null } }).name.value ?? 'stranger'}`
  const greetings: Fold<string[]> = {
    initial: [],
    evolve: (state, { data }) => [...state, (data as { greeting: string }).greeting],
    snapshot: { name: 'greetings', version: 1, every: 2 },
  }
  const greet = async (ledger: Ledger, ...names: [string, string][]): Promise<void> => {
    const data = names.map(([person, name]) => ({ name: about(person, name) }))
    const command = note('greetings', { data })
    const [stream] = command.streams
    const greeted = stream!.events.map((event) => ({ ...event, type: 'Greeted', schemaVersion: 1 }))
    await ledger.append({ ...command, streams: [{ ...stream!, events: greeted }] })
  }

  test('are in a snapshot only encrypted, whatever the fold has made of them', async () => {
    await using log = await testLedger()
    const reader = createLedger({ pool: log.pool, events })
    await greet(log.ledger, ['anna', 'Anna Smith'], ['ben', 'Ben Jones'])
    const hello = ['Hello, Anna Smith', 'Hello, Ben Jones']
    for (let time = 0; time < 2; time += 1) {
      expect((await reader.readState('greetings', greetings)).state).toEqual(hello)
    }
    const [row] = await kept(log)
    expect(row).toMatchObject({ version: '2', persons: ['anna', 'ben'] })
    expect(JSON.stringify(row)).not.toMatch(/Anna Smith|Ben Jones|Hello/)
  })

  test('leave the state with their person: the snapshot opens no more, on no node', async () => {
    await using log = await testLedger()
    const eraser = createLedger({ pool: log.pool, events })
    await greet(log.ledger, ['anna', 'Anna Smith'], ['ben', 'Ben Jones'])
    await eraser.readState('greetings', greetings)
    const [before] = await kept(log)
    await eraser.erasePerson('anna')
    const hello = ['Hello, stranger', 'Hello, Ben Jones']
    const other = createLedger({ pool: log.pool, events })
    // Each of them reads the snapshot from before the erasure.
    for (const node of [other, eraser]) {
      await putBack(log, before!)
      expect((await node.readState('greetings', greetings)).state).toEqual(hello)
      expect(await kept(log)).toMatchObject([{ persons: ['ben'] }])
      expect((await node.readState('greetings', greetings)).state).toEqual(hello)
    }
  })

  test('do not open with a checksum that was made to fit', async () => {
    await using log = await testLedger()
    const reader = createLedger({ pool: log.pool, events })
    await greet(log.ledger, ['anna', 'Anna Smith'], ['anna', 'Anna Jones'])
    await reader.readState('greetings', greetings)
    await log.owner.query(`
      update ledger.snapshot set state = overlay(state placing '____' from 9);
      update ledger.snapshot set checksum = sha256(convert_to(format(
        '{"eventHash":"%s","fold":"greetings","foldVersion":1,"persons":["anna"],"state":%s,"stream":"greetings","version":2}',
        encode(event_hash, 'hex'), state), 'UTF8'))`)
    const { state } = await reader.readState('greetings', greetings)
    expect(state).toEqual(['Hello, Anna Smith', 'Hello, Anna Jones'])
  })
})
