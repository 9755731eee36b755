import { expect, test } from 'vitest'
import { usingPool } from '@pet/postgres/pool'
import type { Attempt } from './api-types.ts'
import { defineBusinessScenario, type StoryContext } from './business-scenario.ts'
import { prove } from './run/prove.ts'
import { runScenario } from './run/run-scenario.ts'
import { temporaryLab } from './testing/temporary-lab.ts'

const walk = [
  { id: 'T-1', sentence: 'A quote is accepted.', document: 'toys' },
  { id: 'T-2', sentence: 'An accepted quote keeps its price.', document: 'toys' },
] as const

type Told = { price: number; alarms: { open: boolean } }
type Context = StoryContext<(typeof walk)[number]['id'], 'overwritten-price' | 'alarm-cut'>

/** A business of one table: the smallest thing that a story can be told about. */
function toy({ attempt = refused, silent = false, halts = false } = {}) {
  return defineBusinessScenario<Told, 'T-1' | 'T-2', 'overwritten-price' | 'alarm-cut'>({
    name: 'toy',
    title: 'A price is changed after acceptance',
    summary: '',
    lesson: '',
    walk,
    story: async (context) => {
      await query(context, 'create table quote (price int); insert into quote values (100)')
      context.held('T-1', 'price 100')
      if (halts) throw new Error('409 an accepted quote is read-only')
      if (context.defect === undefined) context.held('T-2')
      return { price: 100, alarms: { open: context.defect !== 'alarm-cut' } }
    },
    defects: [
      {
        name: 'overwritten-price',
        sentence: 'The price of an accepted quote is overwritten.',
        plant: (context) => query(context, 'update quote set price = 90').then(() => {}),
        landed: async (context) => (await priceOf(context)) === 90,
        smell: async (context, { price }) => {
          const found = await priceOf(context)
          return found === price || silent ? undefined : `accepted at ${price}, found ${found}`
        },
      },
      {
        name: 'alarm-cut',
        sentence: 'The alarm is cut.',
        landed: async (_context, { alarms }) => !alarms.open,
        smell: async (_context, { alarms }) => (alarms.open ? undefined : 'the alarm is silent'),
      },
    ],
    adversary: async () => [attempt],
  })
}

const refused: Attempt = { as: 'sales', did: 'edits the price', met: 'refused', rule: 'IMM-1' }

const query = async (context: Context, sql: string) => {
  await using database = usingPool(context.database.ownerUrl, { max: 1 })
  return database.pool.query<{ price: number }>(sql)
}
const priceOf = async (context: Context) =>
  (await query(context, 'select price from quote')).rows[0]?.price

const order = { seed: 7, parameters: {}, signal: new AbortController().signal }

test('a story that holds, its defects found, its adversary refused: resolved', async () => {
  await using lab = await temporaryLab()
  const record = await runScenario(lab, toy(), order)
  expect(record).toMatchObject({
    name: 'toy',
    verdict: 'resolved',
    asHypothesised: true,
    landed: 'confirmed',
    walk: [
      { id: 'T-1', held: true, saw: 'price 100' },
      { id: 'T-2', held: true },
    ],
    attempts: [refused],
    defects: [
      {
        name: 'overwritten-price',
        landed: true,
        detected: true,
        smell: 'accepted at 100, found 90',
      },
      { name: 'alarm-cut', landed: true, detected: true, smell: 'the alarm is silent' },
    ],
  })
  expect(await prove(lab, toy(), order)).toMatchObject({
    withoutFault: 'not demonstrated',
    withoutRemedy: 'remedy fails',
    ok: true,
    defects: [{ detected: true }, { detected: true }],
  })
})

test('a rule broken unnoticed, or a detector that stays silent: violated', async () => {
  await using lab = await temporaryLab()
  const broken = await runScenario(lab, toy({ attempt: { ...refused, met: 'violated' } }), order)
  expect(broken).toMatchObject({ verdict: 'violated', asHypothesised: false })
  const blind = await runScenario(lab, toy({ silent: true }), order)
  expect(blind).toMatchObject({ verdict: 'violated', asHypothesised: false })
  expect(await prove(lab, toy({ silent: true }), order)).toMatchObject({ ok: false })
})

test('a story that its own rules stop: rule conflict at the step where it stopped', async () => {
  await using lab = await temporaryLab()
  const { control } = toy({ halts: true })
  const record = await runScenario(lab, { ...toy(), control }, order)
  expect(record).toMatchObject({
    verdict: 'rule conflict',
    asHypothesised: false,
    walk: [
      { id: 'T-1', held: true },
      { id: 'T-2', held: false, saw: 'The story stopped: 409 an accepted quote is read-only' },
    ],
  })
})
