import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { ProgressEvent, SampleEvent } from '../api-types.ts'
import { defineScenario, type ArmContext, type Scenario } from '../scenario.ts'
import { holdTarget } from '../target.ts'
import { temporaryHome, temporaryLab } from '../testing/temporary-lab.ts'
import { openLab, type Lab } from './open-lab.ts'
import { prove } from './prove.ts'
import { runScenario, type RunOrder } from './run-scenario.ts'

const parameters = z.object({
  entries: z.int().min(1).max(100).default(20).describe('Time entries booked, per round'),
})

/** Books entries in two sessions; with the defect both read the total before either writes it. */
const lostHours = defineScenario({
  name: 'lost-hours',
  category: 'toys',
  title: 'Two people book at once',
  summary: 'Hours are missing.',
  targets: ['database'],
  parameters,
  hypothesis: 'Reading before writing loses hours.',
  lesson: 'Add in the database.',
  rounds: { least: 2, most: 3 },
  metrics: {
    lost: {
      unit: '{minute}',
      help: 'Minutes lost',
      control: '= 0',
      failure: '> 0',
      remedy: '= 0',
    },
  },
  prepare: async ({ database }) => {
    await using sessions = database.sessions(1)
    await sessions.pool.query('create table total (minutes int); insert into total values (0)')
  },
  schedule: ({ parameters, random }) =>
    Array.from({ length: parameters.entries }, () => ({
      anna: random.integer(15, 480),
      ben: random.integer(15, 480),
    })),
  landed: async (_lab, { metrics }) => ({ asked: '> 0', measured: metrics.lost }),
  control: (lab) => book(lab, readThenWrite, { together: false }),
  failure: (lab) => book(lab, readThenWrite, { together: true }),
  remedy: (lab) => book(lab, addInPlace, { together: true }),
  withoutDefect: (lab) => book(lab, addInPlace, { together: true }),
})

type Arm = ArmContext<z.output<typeof parameters>, { anna: number; ben: number }[]>
type Booking = (pool: Pool, minutes: number, seen: number) => Promise<unknown>

const readThenWrite: Booking = (pool, minutes, seen) =>
  pool.query('update total set minutes = $1', [seen + minutes])

const addInPlace: Booking = (pool, minutes) =>
  pool.query('update total set minutes = minutes + $1', [minutes])

/** Anna and Ben book; together means that Ben looks before Anna has written. */
async function book(lab: Arm, booking: Booking, { together }: { together: boolean }) {
  await using sessions = lab.database.sessions(1)
  for (const { anna, ben } of lab.schedule) {
    const seen = await readTotal(sessions.pool)
    await booking(sessions.pool, anna, seen)
    await booking(sessions.pool, ben, together ? seen : await readTotal(sessions.pool))
  }
  const total = await readTotal(sessions.pool)
  const booked = lab.schedule.reduce((sum, { anna, ben }) => sum + anna + ben, 0)
  return { metrics: { lost: booked - total }, evidence: { total } }
}

async function readTotal(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ minutes: number }>('select minutes from total')
  return rows[0]?.minutes ?? Number.NaN
}

const order = (more: Partial<RunOrder> = {}): RunOrder => ({
  seed: 7,
  parameters: { entries: 5 },
  signal: new AbortController().signal,
  ...more,
})

const stack = new AsyncDisposableStack()
let lab: Lab
beforeAll(async () => {
  lab = stack.use(await temporaryLab())
})
afterAll(() => stack.disposeAsync())

describe('a run', () => {
  test('compares three arms and comes to a verdict, the same for the same seed', async () => {
    const progress: ProgressEvent[] = []
    const samples: SampleEvent[] = []
    const listener = {
      onProgress: (event: ProgressEvent) => void progress.push(event),
      onSample: (event: SampleEvent) => void samples.push(event),
    }
    const record = await runScenario(lab, lostHours, order({ listener }))
    expect(record).toMatchObject({
      name: 'lost-hours',
      verdict: 'as hypothesised',
      asHypothesised: true,
      landed: 'confirmed',
      demonstrated: true,
      remedyHolds: true,
      restored: true,
      rounds: 2,
      seed: 7,
    })
    expect(record.arms.failure.evidence).toHaveLength(2)
    expect(new Set(samples.map(({ arm }) => arm))).toEqual(
      new Set(['control', 'failure', 'remedy']),
    )
    expect(progress.at(-1)?.phase).toBe('done')

    const again = await runScenario(lab, lostHours, order())
    const other = await runScenario(lab, lostHours, order({ seed: 8 }))
    expect(again.scheduleHash).toBe(record.scheduleHash)
    expect(again.arms.failure.metrics).toEqual(record.arms.failure.metrics)
    expect(other.scheduleHash).not.toBe(record.scheduleHash)
  })

  test('that is proved comes out not demonstrated and remedy fails', async () => {
    expect(await prove(lab, lostHours, order())).toEqual({
      name: 'lost-hours',
      withoutFault: 'not demonstrated',
      withoutRemedy: 'remedy fails',
      ok: true,
    })
    const passesEitherWay: Scenario = {
      ...lostHours,
      metrics: { lost: { unit: '{minute}', help: '', failure: '>= 0', remedy: '>= 0' } },
    }
    expect(await prove(lab, passesEitherWay, order())).toMatchObject({
      withoutFault: 'demonstrated',
      withoutRemedy: 'remedy holds',
      ok: false,
    })
    const { withoutDefect: _, ...nothingToStub } = lostHours
    await expect(prove(lab, nothingToStub, order())).rejects.toThrow('injects nothing')
  })

  test('takes back an injected fault, and refuses to call it restored otherwise', async () => {
    let ended = false
    const injecting: Scenario = {
      ...lostHours,
      failure: async (context) => {
        const sessions = context.database.sessions(1, { application_name: 'intruder' })
        await context.inject({
          name: 'an intruder',
          limitMs: 10_000,
          undo: {
            kind: 'end-sessions',
            url: context.database.ownerUrl,
            applicationName: 'intruder',
          },
          start: async () => {
            const client = await sessions.pool.connect()
            client.once('error', () => (ended = true))
          },
        })
        return lostHours.failure(context)
      },
    }
    const record = await runScenario(lab, injecting, order({ rounds: 1 }))
    expect({ ended, restored: record.restored }).toEqual({ ended: true, restored: true })
  })

  test('leaves no fault to code that goes on after its arm, nor one that was on its way', async () => {
    const [cancel, goOn] = [new AbortController(), Promise.withResolvers<void>()]
    const { promise: tried, resolve: tell } = Promise.withResolvers<string>()
    let active = 0
    const fault = (context: ArmContext, start: () => Promise<void>) => ({
      name: 'an intruder',
      limitMs: 60_000,
      undo: {
        kind: 'end-sessions',
        url: context.database.ownerUrl,
        applicationName: 'intruder',
      } as const,
      start,
    })
    const heedless: Scenario = {
      ...lostHours,
      failure: async (context) => {
        const onItsWay = context.inject(
          fault(context, async () => {
            cancel.abort()
            await delay(200)
          }),
        )
        await onItsWay.catch(() => {})
        await goOn.promise
        await context
          .inject(fault(context, async () => void active++))
          .catch((error: unknown) => tell(String(error)))
        return { metrics: { lost: 0 } }
      },
    }
    const run = runScenario(lab, heedless, order({ signal: cancel.signal }))
    await expect(run).rejects.toMatchObject({ code: 'cancelled' })
    const faults = async () =>
      (await lab.journal.outstanding()).filter(({ undo }) => undo.kind === 'end-sessions')
    expect(await faults()).toEqual([])
    goOn.resolve()
    expect(await tried).toContain('The failure arm is over')
    expect({ active, left: await faults() }).toEqual({ active: 0, left: [] })
  })

  test('does not begin while a fault of an earlier one is in force', async () => {
    const undo = {
      kind: 'end-sessions',
      url: 'postgres://127.0.0.1:1/gone',
      applicationName: 'intruder',
    } as const
    const entry = await lab.journal.record(undo, 60_000)
    const run = runScenario(lab, lostHours, order())
    await expect(run).rejects.toMatchObject({
      code: 'not-undone',
      message: expect.stringContaining('(end-sessions). Run'),
    })
    await lab.journal.done(entry)
  })

  test('stops when cancelled and at an arm’s time limit, and leaves no database behind', async () => {
    const cancel = new AbortController()
    const cancelling: Scenario = {
      ...lostHours,
      failure: () => {
        cancel.abort()
        return new Promise(() => {})
      },
    }
    const cancelled = runScenario(lab, cancelling, order({ signal: cancel.signal }))
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })

    const never = () => new Promise<never>(() => {})
    // All of them, since the limit is short enough for any arm to reach it on a busy machine.
    const arms = { control: never, failure: never, remedy: never }
    const endless: Scenario = { ...lostHours, ...arms, armLimitMs: 300 }
    const limited = runScenario(lab, endless, order())
    await expect(limited).rejects.toThrow('arm of lost-hours went beyond its time limit of 0.3 s')

    const slow: Scenario = { ...endless, armLimitMs: 60_000, runLimitMs: 1_000 }
    const beyond = runScenario(lab, slow, order())
    await expect(beyond).rejects.toThrow('lost-hours went beyond its time limit of 1 s')

    const neverPrepared: Scenario = { ...slow, prepare: () => new Promise(() => {}) }
    await expect(runScenario(lab, neverPrepared, order())).rejects.toMatchObject({
      code: 'time-limit',
    })

    const bench = await lab.bench()
    expect(await bench.databases()).toEqual([])
  })

  test('that is quick takes few rounds, under the same bounds', async () => {
    const { rounds: _, ...usual } = lostHours
    const record = await runScenario(lab, usual, order({ depth: 'quick' }))
    expect(record).toMatchObject({ depth: 'quick', rounds: 3, verdict: 'as hypothesised' })
  })

  test('acts on a target only when it says that it can, one at a time', async () => {
    const target = { kind: 'tcp', url: 'tcp://ada:secret@127.0.0.1:9' } as const
    const own = runScenario(lab, lostHours, order({ target }))
    await expect(own).rejects.toThrow('does not apply to tcp://ada:***@127.0.0.1:9: it makes')
    const seen: unknown[] = []
    const pointed: Scenario = {
      ...lostHours,
      appliesTo: async ({ kind }) => (kind === 'tcp' ? undefined : 'it is no TCP service'),
      remedy: (context) => {
        seen.push(context.target)
        expect(() => holdTarget(target)).toThrow('one at a time')
        return lostHours.remedy(context)
      },
    }
    const record = await runScenario(lab, pointed, order({ target }))
    expect(seen).toEqual([target, target])
    expect(record.target?.url).toBe('tcp://ada:***@127.0.0.1:9')
    const asking: Scenario = {
      ...pointed,
      failure: async () => {
        await fetch('http://ada:secret@127.0.0.1:9/orders') // which says what it was given
        return { metrics: { lost: 0 } }
      },
    }
    const said = await runScenario(lab, asking, order({ target })).then(
      () => undefined,
      (error: Error) => error,
    )
    expect(said).toMatchObject({ stack: expect.stringContaining('ada:***@127.0.0.1:9/orders') })
    expect(said?.message).not.toContain('secret')
    expect(said?.stack).not.toContain('secret')
    const http = runScenario(lab, pointed, order({ target: { kind: 'http', url: 'http://a' } }))
    await expect(http).rejects.toMatchObject({ code: 'does-not-apply' })
  })

  test('is refused with the reason when something is missing', async () => {
    const missing: Scenario = { ...lostHours, requires: async () => 'libfaketime is not installed' }
    await expect(runScenario(lab, missing, order())).rejects.toThrow('libfaketime is not installed')
  })
})

test('one run at a time in one home', async () => {
  await using temporary = await temporaryHome()
  await using _first = await openLab(temporary)
  await expect(openLab(temporary)).rejects.toMatchObject({ code: 'busy' })
})
