import { expect, test } from 'vitest'
import { z } from 'zod'
import { createRegistry } from './registry.ts'
import { defineScenario, type Metric } from './scenario.ts'

const entry = (name: string, { path = `database/${name}`, failure = '> 0', quick = 2 } = {}) => ({
  file: new URL(`file:///scenarios/${path}.ts`),
  scenario: defineScenario({
    name,
    category: 'database',
    title: '',
    summary: '',
    targets: ['database'],
    parameters: z.object({ writers: z.int().min(2).default(8) }),
    quick: { writers: quick },
    hypothesis: '',
    lesson: '',
    metrics: { lost: { unit: '1', help: '', failure, remedy: '= 0' } as Metric },
    landed: async () => ({ asked: '> 0', measured: 1 }),
    control: async () => ({ metrics: { lost: 0 } }),
    failure: async () => ({ metrics: { lost: 1 } }),
    remedy: async () => ({ metrics: { lost: 0 } }),
  }),
})

test('finds by name, and names the nearest when there is none', () => {
  const registry = createRegistry([entry('deadlock'), entry('connection-leak')])
  expect(registry.find('deadlock').scenario.name).toBe('deadlock')
  expect(() => registry.find('deadlok')).toThrow('did you mean deadlock?')
  expect(() => registry.find('xyz')).toThrow("'pet lab list' names them all")
  expect(registry.entries.map(({ scenario }) => scenario.name)).toEqual([
    'connection-leak',
    'deadlock',
  ])
})

test.each([
  ['is the name of two scenarios', [entry('deadlock'), entry('deadlock')]],
  ['is in the file dead-lock.ts', [entry('deadlock', { path: 'database/dead-lock' })]],
  ['is in the folder http', [entry('deadlock', { path: 'http/deadlock' })]],
  ['not a name in kebab-case', [entry('DeadLock')]],
  ["has a bound that can't be read", [entry('deadlock', { failure: 'many' })]],
  ['has quick defaults beyond its limits', [entry('deadlock', { quick: 1 })]],
])('refuses a scenario that %s', (reason, found) => {
  expect(() => createRegistry(found)).toThrow(reason)
})
