import { expect, test } from 'vitest'
import { z } from 'zod'
import { scheduleHash } from './run/schedule.ts'
import type { Target } from './api-types.ts'
import { defineScenario, kindOf, type ArmContext } from './scenario.ts'

const description = {
  name: 'toy',
  category: 'toys',
  title: '',
  summary: '',
  targets: ['database'] satisfies Target[],
  parameters: z.object({ clients: z.int().default(2) }),
  hypothesis: '',
  lesson: '',
  metrics: { lost: { unit: '1', help: '', failure: '> 0', remedy: '= 0' } } as const,
  landed: async () => ({ asked: '> 0' as const, measured: 1 }),
}

const lost = async () => ({ metrics: { lost: 0 } })
const drawn = defineScenario({
  ...description,
  schedule: ({ parameters, random }) =>
    Array.from({ length: parameters.clients }, () => random.integer(1, 1_000)),
  // The schedule's type is inferred: a list of numbers.
  control: async (lab) => ({ metrics: { lost: lab.schedule.at(0)?.toFixed().length ?? 0 } }),
  failure: lost,
  remedy: lost,
})

test('names and bounds are checked against what the arms return, at compile time', () => {
  const arms = { failure: lost, remedy: lost }
  const lots = async () => ({ metrics: { lots: 1 } })
  // @ts-expect-error "lots" was never declared, and "lost" is missing
  defineScenario({ ...description, ...arms, control: lots })

  const metrics = { lost: { unit: '1', help: '', failure: 'about 3' } } as const
  // @ts-expect-error "about 3" is no bound
  defineScenario({ ...description, ...arms, control: lost, metrics })

  const writing = async (lab: ArmContext<{ writers: number }>) => ({
    metrics: { lost: lab.parameters.writers },
  })
  // @ts-expect-error there is no parameter "writers"
  defineScenario({ ...description, ...arms, control: writing })
})

test('the schedule’s hash depends on seed, parameters and version, and on nothing else', () => {
  const hash = (seed: number, clients = 2) => scheduleHash(drawn, { seed, parameters: { clients } })
  expect(hash(7)).toMatch(/^[0-9a-f]{64}$/)
  expect(hash(7)).toBe(hash(7))
  const newer = scheduleHash({ ...drawn, version: 2 }, { seed: 7, parameters: { clients: 2 } })
  expect(new Set([hash(7), hash(8), hash(7, 3), newer]).size).toBe(4)
})

test('what has no unit, or a thing for a unit, is counted; the rest is measured', () => {
  const kind = (unit: string) => kindOf({ unit, help: '' })
  expect(['1', '{transfer}'].map(kind)).toEqual(['count', 'count'])
  expect(['s', '1/s', 'By', '%'].map(kind)).toEqual(['measure', 'measure', 'measure', 'measure'])
  expect(kindOf({ unit: '1', help: '', kind: 'measure' })).toBe('measure')
})
