import fc from 'fast-check'
import type { Element, History, Operation, State, Value } from '../oracles/history.ts'

/**
 * Histories of a correct system, with the state it ends in: units of work of several clients that overlap
 * at random, each of which takes effect at one instant between its begin and its end (strictly
 * serializable). Some fail and have no effect; of some nobody learns the outcome, and they have their
 * effect later, or never.
 */
export const correctHistories: fc.Arbitrary<{ history: History; finalState: State }> = fc
  .array(
    fc.record({
      process: fc.constantFrom('anna', 'ben', 'cleo'),
      acts: fc.array(
        fc.record({
          what: fc.constantFrom<What>(
            ...(['read', 'write', 'count', 'add', 'list', 'append', 'next', 'create'] as const),
          ),
          value: fc.integer({ min: 0, max: 3 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      fate: fc.constantFrom<Fate>('ok', 'ok', 'ok', 'ok', 'failed', 'lost answer', 'lost request'),
      waitMs: fc.nat({ max: 5 }),
      untilEffectMs: fc.nat({ max: 9 }),
      untilEndMs: fc.nat({ max: 9 }),
      lateMs: fc.nat({ max: 60 }),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map(happen)

type What = 'read' | 'write' | 'count' | 'add' | 'list' | 'append' | 'next' | 'create'
type Fate = 'ok' | 'failed' | 'lost answer' | 'lost request'
type Step = {
  process: string
  acts: { what: What; value: number }[]
  fate: Fate
  waitMs: number
  untilEffectMs: number
  untilEndMs: number
  lateMs: number
}

/** The system: a register, a counter, a set, and a log whose positions it gives out itself. */
class System {
  register: Value = null
  counter = 0
  readonly set = new Set<Element>()
  log: number[] = []
  readonly positions = new Map<string, number>()

  state(): State {
    return { status: this.register, sold: this.counter, entries: [...this.set], log: this.log }
  }

  /** Performs an act and answers the operation's own part. */
  perform(process: string, { what, value }: Step['acts'][number], unique: string): object {
    switch (what) {
      case 'read':
        return { key: 'status', kind: 'read', of: 'register', value: this.register }
      case 'write':
        this.register = value
        return { key: 'status', kind: 'write', value }
      case 'count':
        return { key: 'sold', kind: 'read', of: 'counter', value: this.counter }
      case 'add':
        this.counter += value
        return { key: 'sold', kind: 'increment', by: value }
      case 'list':
        return { key: 'entries', kind: 'read', of: 'collection', value: [...this.set] }
      case 'append':
        this.set.add(unique)
        return { key: 'entries', kind: 'append', value: unique }
      case 'next': {
        const from = this.positions.get(process) ?? 0
        this.positions.set(process, this.log.length)
        return { key: 'log', kind: 'read', of: 'delivery', value: this.log.slice(from) }
      }
      case 'create':
        this.log = [...this.log, this.log.length + 1]
        return { key: 'log', kind: 'create', value: this.log.length }
    }
  }
}

function happen(steps: Step[]): { history: History; finalState: State } {
  const clocks = new Map<string, number>()
  const units = steps.map((step, number) => {
    const invokedAt = (clocks.get(step.process) ?? 0) + step.waitMs
    const completedAt = invokedAt + step.untilEffectMs + step.untilEndMs
    clocks.set(step.process, completedAt)
    const late = step.fate === 'lost answer' ? step.lateMs : 0
    return {
      ...step,
      number,
      invokedAt,
      completedAt,
      effectAt: invokedAt + step.untilEffectMs + late,
    }
  })
  const system = new System()
  const performed = units
    .toSorted((a, b) => a.effectAt - b.effectAt || a.number - b.number)
    .flatMap(({ process, acts, fate, number, invokedAt, completedAt }) => {
      const known = fate === 'ok' || fate === 'failed'
      const happens = fate === 'ok' || fate === 'lost answer'
      const subject = happens ? system : new System() // what does not happen, happens to nobody
      return acts.map((act, place) => {
        const unique = `${number}-${act.value}` // within a unit, the same is tried again
        const operation = subject.perform(process, act, unique)
        const unseen = !known && 'kind' in operation && /read|create/.test(String(operation.kind))
        return {
          ...{ process, transaction: acts.length > 1 ? String(number) : undefined },
          ...{ invokedAt, completedAt: known ? completedAt : Number.POSITIVE_INFINITY },
          ...{ outcome: fate === 'ok' || fate === 'failed' ? fate : 'unknown', ...operation },
          ...(unseen && { value: undefined }),
          order: invokedAt * 1_000_000 + number * 10 + place,
        }
      })
    })
  const operations = performed
    .sort((a, b) => a.order - b.order)
    // The system's answers are the operations' own parts.
    .map(({ order: _, ...operation }, index) => ({ index, ...operation }) as unknown as Operation)
  return { history: { operations, initial: { status: null } }, finalState: system.state() }
}
