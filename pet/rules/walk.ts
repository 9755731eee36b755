import { decide, fold } from './aggregate.ts'
import type { Aggregate, Typed } from './aggregate.ts'

/** One rule forbids what another requires or permits, and neither declares precedence over the other. */
export type RuleConflict = {
  aggregate: string
  state: string
  command: string
  forbids: string
  against: string
}

/** A command that no rule explains in a state that can be reached. */
export type Ambiguity = { aggregate: string; state: string; command: string }

/** One cell of the decision table: what became of a command in a state, over everything that was tried. */
export type DecisionRow = {
  state: string
  command: string
  outcomes: { events: string[]; rules: string[] }[]
}

export type Walk = {
  aggregate: string
  statesReached: number
  conflicts: RuleConflict[]
  ambiguities: Ambiguity[]
  table: DecisionRow[]
}

/** More states than this means that the fingerprint tells apart what is the same. */
const mostStates = 5_000

/**
 * Walks the states that commands can reach from the initial one, breadth first, and asks every rule about every try
 * in each of them, independently of the others.
 * @throws when more than 5 000 states are reached: the aggregate's fingerprint is too fine.
 */
export function walk<State, Command extends Typed, Facts, Event extends Typed>(
  aggregate: Aggregate<State, Command, Facts, Event>,
): Walk {
  const { fingerprint, stateName, tries } = aggregate.walk
  const found = new Findings(aggregate.name)
  const seen = new Set([fingerprint(aggregate.initial)])
  const queue: State[] = [aggregate.initial]
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    for (const { command, facts, as } of tries(state)) {
      const place = { state: stateName(state), command: as ?? command.type }
      found.note(place, judge(aggregate, state, command, facts))
      const decision = decide(aggregate, state, command, facts)
      if (decision.outcome !== 'decided') continue
      const next = fold(
        aggregate,
        decision.events.map(({ event }) => event),
        state,
      )
      const key = fingerprint(next)
      if (seen.has(key)) continue
      if (seen.size >= mostStates)
        throw new Error(
          `${aggregate.name}: more than ${mostStates} states; its fingerprint is too fine`,
        )
      seen.add(key)
      queue.push(next)
    }
  }
  return found.asWalk(seen.size)
}

type Judgement = {
  events: string[]
  because: string[]
  forbids: string[]
  conflicts: { forbids: string; against: string }[]
  unexplained: boolean
}

function judge<State, Command extends Typed, Facts, Event extends Typed>(
  aggregate: Aggregate<State, Command, Facts, Event>,
  state: State,
  command: Command,
  facts: Facts,
): Judgement {
  const answers = aggregate.rules.map((rule) => ({
    rule,
    answer: rule.when(state, command, facts),
  }))
  const forbidding = answers.filter(({ answer }) => answer.says === 'forbids')
  const allowing = answers.filter(
    ({ answer }) => answer.says === 'requires' || answer.says === 'permits',
  )
  const conflicts = forbidding.flatMap((forbid) =>
    allowing
      .filter((allow) => !forbid.rule.overrides?.includes(allow.rule.id))
      .map((allow) => ({ forbids: forbid.rule.id, against: allow.rule.id })),
  )
  return {
    events: allowing.flatMap(({ answer }) =>
      answer.says === 'requires' ? [answer.event.type] : [],
    ),
    because: allowing.map(({ rule }) => rule.id),
    forbids: forbidding.map(({ rule }) => rule.id),
    conflicts,
    unexplained: forbidding.length === 0 && allowing.length === 0,
  }
}

/** Collects what the walk finds, each finding once however many ways lead to it. */
class Findings {
  readonly #aggregate: string
  readonly #conflicts = new Map<string, RuleConflict>()
  readonly #ambiguities = new Map<string, Ambiguity>()
  readonly #rows = new Map<string, DecisionRow>()

  constructor(aggregate: string) {
    this.#aggregate = aggregate
  }

  note(place: { state: string; command: string }, judgement: Judgement): void {
    const at = { aggregate: this.#aggregate, ...place }
    const cell = `${place.state} × ${place.command}`
    for (const conflict of judgement.conflicts)
      this.#conflicts.set(`${cell} ${conflict.forbids} ${conflict.against}`, { ...at, ...conflict })
    if (judgement.unexplained) this.#ambiguities.set(cell, at)
    const row = this.#rows.get(cell) ?? { ...place, outcomes: [] }
    this.#rows.set(cell, row)
    const refused = judgement.forbids.length > 0
    const outcome = {
      events: refused ? [] : judgement.events,
      rules: refused ? judgement.forbids : judgement.because,
    }
    if (!row.outcomes.some((known) => JSON.stringify(known) === JSON.stringify(outcome)))
      row.outcomes.push(outcome)
  }

  asWalk(statesReached: number): Walk {
    return {
      aggregate: this.#aggregate,
      statesReached,
      conflicts: [...this.#conflicts.values()],
      ambiguities: [...this.#ambiguities.values()],
      table: [...this.#rows.values()],
    }
  }
}
