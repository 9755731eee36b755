import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { defineScenario, type ArmContext } from '../../scenario.ts'

const parameters = z.object({
  waitMs: z.int().min(0).max(5_000).default(0).describe('How long each arm waits first'),
})

/** The smallest scenario that there is, for tests of what surrounds one. */
export default defineScenario({
  name: 'patience',
  category: 'toys',
  title: 'Somebody does not look',
  summary: 'Things are lost.',
  targets: ['process'],
  parameters,
  hypothesis: 'Carelessness loses things.',
  lesson: 'Look.',
  metrics: { lost: { unit: '1', help: 'Things lost', failure: '> 0', remedy: '= 0' } },
  landed: async (_lab, { metrics }) => ({ asked: '> 0', measured: metrics.lost }),
  control: (lab) => carry(lab, { careless: false }),
  failure: (lab) => carry(lab, { careless: true }),
  remedy: (lab) => carry(lab, { careless: false }),
  withoutDefect: (lab) => carry(lab, { careless: false }),
})

async function carry(
  lab: ArmContext<z.output<typeof parameters>>,
  { careless }: { careless: boolean },
) {
  await delay(lab.parameters.waitMs, undefined, { signal: lab.signal })
  lab.log('waited', { waitMs: lab.parameters.waitMs })
  lab.sample('lost', careless ? 1 : 0)
  return { metrics: { lost: careless ? 1 : 0 } }
}
