import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { defineScenario, type ArmContext } from '../../scenario.ts'
import { processesWith } from '../../undo/end-processes.ts'

const parameters = z.object({
  marker: z.string().min(8).default('burner-of-the-lab').describe('What tells its burners apart'),
})

/** A real fault on the machine itself: a child that burns a processor until somebody ends it. */
export default defineScenario({
  name: 'burning',
  category: 'toys',
  title: 'Somebody else burns the processor',
  summary: 'Everything is slow.',
  targets: ['process'],
  parameters,
  hypothesis: 'A burner burns.',
  lesson: 'End it.',
  rounds: { least: 1, most: 1 },
  metrics: {
    burners: { unit: '{process}', help: 'Burners', control: '= 0', failure: '= 1', remedy: '= 0' },
  },
  prepare: async ({ database }) => {
    await using sessions = database.sessions(1)
    await sessions.pool.query('create table nothing_yet ()')
  },
  landed: async (_lab, { metrics }) => ({ asked: '> 0', measured: metrics.burners }),
  control: (lab) => countBurners(lab),
  failure: async (lab) => {
    await lab.inject(burner(lab))
    return countBurners(lab)
  },
  remedy: async (lab) => {
    const burning = await lab.inject(burner(lab))
    await burning[Symbol.asyncDispose]()
    return countBurners(lab)
  },
})

type Lab = ArmContext<z.output<typeof parameters>>

/** Says when it burns, so that whoever waits for it knows. */
function burner({ parameters: { marker } }: Lab) {
  return {
    name: 'a burner',
    limitMs: 10_000,
    undo: { kind: 'end-processes' as const, marker },
    start: async () => {
      const code = `process.stdout.write('burning'); for (;;);`
      const child = spawn(process.execPath, ['--eval', code, marker], {
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      await once(child.stdout, 'data')
      child.stdout.destroy()
      child.unref()
    },
  }
}

async function countBurners(lab: Lab) {
  const burners = (await processesWith(lab.parameters.marker)).length
  lab.progress(`${burners} burning`)
  await delay(10, undefined, { signal: lab.signal })
  return { metrics: { burners } }
}
