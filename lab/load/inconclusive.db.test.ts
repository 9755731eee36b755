import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Lab } from '../run/open-lab.ts'
import { prove } from '../run/prove.ts'
import { runScenario } from '../run/run-scenario.ts'
import { defineScenario, type ArmContext } from '../scenario.ts'
import { temporaryLab } from '../testing/temporary-lab.ts'
import { drawArrivals } from './arrivals.ts'
import { runLoad } from './run-load.ts'

const parameters = z.object({
  inTimeMs: z.int().default(30_000).describe('How late calls may begin'),
  busyMs: z
    .int()
    .min(0)
    .max(1_000)
    .default(0)
    .describe('How long the subject holds the event loop'),
})

/** A subject in the scenario's own process that answers wrongly in the failure arm. */
const forgetful = defineScenario({
  name: 'forgetful',
  category: 'toys',
  title: 'Answers are wrong',
  summary: 'Some answers are wrong.',
  targets: ['process'],
  parameters,
  hypothesis: 'The defect gives wrong answers.',
  lesson: 'Look.',
  rounds: { least: 1, most: 3 },
  metrics: { wrong: { unit: '1', help: '', control: '= 0', failure: '> 0', remedy: '= 0' } },
  schedule: ({ random }) => drawArrivals({ kind: 'poisson', perSecond: 200, forMs: 200 }, random),
  landed: async (_lab, { metrics }) => ({ asked: '> 0', measured: metrics.wrong }),
  control: (lab) => ask(lab, { right: true }),
  failure: (lab) => ask(lab, { right: false }),
  remedy: (lab) => ask(lab, { right: true }),
  withoutDefect: (lab) => ask(lab, { right: true }),
})

async function ask(
  {
    schedule,
    signal,
    parameters: { busyMs, inTimeMs },
  }: ArmContext<z.output<typeof parameters>, number[]>,
  { right }: { right: boolean },
) {
  const load = await runLoad({
    arrivals: schedule,
    send: async ({ number }) => {
      const until = performance.now() + (number === 0 ? busyMs : 0)
      while (performance.now() < until);
      return right ? 'ok' : { wrong: 'forgot' }
    },
    ...{ deadlineMs: 10_000, inFlightAtMost: 100, signal },
    latenessLimitMs: inTimeMs,
  })
  return { metrics: { wrong: load.wrong }, loads: [load] }
}

/** Patient with a machine on which other tests run, unless the load is to fall behind. */
const order = (busyMs: number, inTimeMs = 30_000) => ({
  ...{ seed: 7, parameters: { busyMs, inTimeMs }, signal: new AbortController().signal },
})

let lab: Lab
beforeAll(async () => {
  lab = await temporaryLab()
})
afterAll(() => lab[Symbol.asyncDispose]())

test('a run whose load kept its schedule comes to its verdict, and its record has the figures', async () => {
  const record = await runScenario(lab, forgetful, order(0))
  expect(record).toMatchObject({ verdict: 'as hypothesised', rounds: 1 })
  expect(record).not.toHaveProperty('behind')
  expect(record.arms.failure.loads).toMatchObject([
    [{ model: 'open', schedule: { keptUp: true }, wrong: record.probe.measured }],
  ])
})

test('a run whose load fell behind is inconclusive, whatever it measured, and proves nothing', async () => {
  const record = await runScenario(lab, forgetful, order(500, 250))
  expect(record).toMatchObject({
    ...{ verdict: 'inconclusive', asHypothesised: false, rounds: 1 },
    ...{ demonstrated: false, remedyHolds: false },
  })
  expect(record.words[0]).toMatch(
    /^The load fell behind its schedule in round 1 of control: calls began \d+ ms late at p99 \(at most 250 is in time\)\.$/,
  )
  expect(await prove(lab, forgetful, order(500, 250))).toMatchObject({
    ...{ withoutFault: 'not demonstrated', withoutRemedy: 'inconclusive', ok: false },
  })
})
