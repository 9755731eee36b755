import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import { audit } from '../audit.ts'
import { createLedger, type Fold, type Folded, type Ledger } from '../ledger.ts'
import { testLedger, type TestLedger } from '../testing.ts'
import { modelCommands, type Model, type Real } from './model-commands.ts'

const numRuns = inject('depth') === 'full' ? 1_000 : 60
const timeout = 60_000 + numRuns * 500

test(
  'whatever is done with a ledger, it comes out as with a list of events in memory',
  { timeout },
  async () => {
    await using log = await testLedger()
    await checkAgainstModel(log, () => createLedger({ pool: log.pool }))
    expect(await audit(log.pool)).toMatchObject({ ok: true })
  },
)

test.for<[string, (ledger: Ledger) => Partial<Ledger>]>([
  [
    'forgets command ids',
    ({ append }) => ({
      append: (command) => append({ ...command, commandId: crypto.randomUUID() }),
    }),
  ],
  [
    'takes another version for the one expected',
    ({ append }) => ({
      append: (command) =>
        append({
          ...command,
          streams: command.streams.map((one) => ({ ...one, expected: 'any' })),
        }),
    }),
  ],
  [
    'reads from the wrong version on',
    ({ readStream }) => ({
      readStream: (stream, options) => readStream(stream, { ...options, from: 1 }),
    }),
  ],
  [
    'takes a state that it has seen for the state of today',
    ({ readState }) => {
      const seen = new Map<string, Folded<unknown>>()
      return {
        async readState<State>(stream: string, fold: Fold<State>) {
          const known = seen.get(stream) ?? (await readState(stream, fold))
          seen.set(stream, known)
          return known as Folded<State> // the test folds each stream in one way only
        },
      }
    },
  ],
  ['erases nobody', () => ({ erasePerson: async () => {} })],
])('a ledger that %s is found out', async ([, breakIt]) => {
  await using log = await testLedger()
  const create = (): Ledger => {
    const ledger = createLedger({ pool: log.pool })
    return { ...ledger, ...breakIt(ledger) }
  }
  // The smallest example is of no interest here, and takes long to find.
  const checking = checkAgainstModel(log, create, { endOnFailure: true })
  await expect(checking).rejects.toThrow('Property failed')
})

async function checkAgainstModel(
  log: TestLedger,
  create: () => Ledger,
  { endOnFailure = false } = {},
): Promise<void> {
  const other = create()
  let run = 0

  async function begin(): Promise<{ model: Model; real: Real }> {
    const { position: base } = await log.ledger.head()
    const prefix = (run += 1)
    const real: Real = {
      ...{ ledger: create(), other },
      restart: () => (real.ledger = create()),
      own: (name) => `${prefix}-${name}`,
    }
    return { model: { memory: { base, events: [], erased: new Set() } }, real }
  }

  const commands = fc.commands(modelCommands(), { size: '+1' })
  const law = fc.asyncProperty(commands, (steps) => fc.asyncModelRun(begin, steps))
  await fc.assert(law, { numRuns, endOnFailure })
}
