import fc from 'fast-check'

/** `session`: one process of the server, upon which PostgreSQL ends all others and recovers by itself. */
export type Victim = 'node' | 'server' | 'session' | 'everything'

export interface DrawnCommand {
  /** Which node is asked first. */
  node: 0 | 1
  streams: { stream: string; expected: 'any' | 'none' | 'as seen'; events: number }[]
  /** Asks again until there is an answer; else it stays open whether the command was appended. */
  persists: boolean
  /** Asks again although there was an answer. */
  repeats: boolean
}

/** What a round does, all of it drawn from its seed. */
export interface Plan {
  crashes: { afterMs: number; victim: Victim; node: 0 | 1 }[]
  /** For each client, what it asks for, over and over until the round ends. */
  clients: DrawnCommand[][]
}

export const nodes = [0, 1] as const
const clients = 12
const spread = 2_654_435_761 // multiplicative hashing: Knuth, The Art of Computer Programming, 6.4
const commandsPerClient = 60
const streams = Array.from({ length: 10 }, (_, index) => `stream-${index}`)

/** The same plan for the same seed; seeds that follow each other lead to plans that have nothing in common. */
export function planOf(seed: number): Plan {
  const [drawn] = fc.sample(plan, { seed: Math.imul(seed, spread), numRuns: 1 })
  if (!drawn) throw new Error(`No plan came from the seed ${seed}`)
  return drawn
}

const victims = fc
  .tuple(
    fc.constantFrom<Victim>('node', 'server', 'session', 'everything'),
    fc.integer({ min: 0, max: 2 }),
  )
  .map(([third, place]): Victim[] => {
    const each: Victim[] = ['node', 'server']
    return each.toSpliced(place, 0, third)
  })

const moments = fc.noBias(
  fc.array(
    fc.record({ afterMs: fc.integer({ min: 20, max: 600 }), node: fc.constantFrom(...nodes) }),
    { minLength: 3, maxLength: 3 },
  ),
)

const command: fc.Arbitrary<DrawnCommand> = fc.record({
  node: fc.constantFrom(...nodes),
  streams: fc.uniqueArray(
    fc.record({
      stream: fc.constantFrom(...streams),
      expected: fc.constantFrom('any', 'any', 'any', 'any', 'any', 'any', 'as seen', 'none'),
      events: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 2, selector: ({ stream }) => stream },
  ),
  persists: fc.constantFrom(true, true, true, false),
  repeats: fc.constantFrom(false, false, false, true),
})

const plan: fc.Arbitrary<Plan> = fc.record({
  crashes: fc
    .tuple(victims, moments)
    .map(([chosen, when]) => chosen.map((victim, index) => ({ victim, ...when[index]! }))),
  clients: arrayOf(arrayOf(command, commandsPerClient), clients),
})

function arrayOf<Item>(item: fc.Arbitrary<Item>, length: number): fc.Arbitrary<Item[]> {
  return fc.array(item, { minLength: length, maxLength: length })
}
