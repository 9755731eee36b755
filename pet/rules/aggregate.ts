import type { Rule } from './rule.ts'

export type Typed = { type: string }

/**
 * A thing of the business with a life of its own: its states, how events move it between them, and the rules that
 * decide its commands. Pure: time, ids, prices and what other aggregates say are handed in with the command and the facts.
 */
export type Aggregate<State, Command extends Typed, Facts, Event extends Typed> = {
  name: string
  initial: State
  evolve: (state: State, event: Event) => State
  rules: readonly Rule<State, Command, Facts, Event>[]
  /** What `pet rules` walks with: the commands to try in every state, and which states count as the same. */
  walk: {
    tries: (state: State) => readonly { command: Command; facts: Facts; as?: string }[]
    stateName: (state: State) => string
    fingerprint: (state: State) => string
  }
}

/** What a rule requires, and the ids of the rules that require it. */
export type Decided<Event> = { event: Event; because: string[] }

export type Decision<Event> =
  | { outcome: 'decided'; events: Decided<Event>[] }
  | { outcome: 'refused'; rules: { id: string; document: string; sentence: string }[] }
  /** No rule explains the command in this state: refused as well, and found by `pet rules` as an ambiguity. */
  | { outcome: 'unexplained' }

/** Asks every rule on its own. One that forbids refuses the command; all of them are named, so that every reason is seen at once. */
export function decide<State, Command extends Typed, Facts, Event extends Typed>(
  aggregate: Aggregate<State, Command, Facts, Event>,
  state: State,
  command: Command,
  facts: Facts,
): Decision<Event> {
  const forbidding: { id: string; document: string; sentence: string }[] = []
  const events: Decided<Event>[] = []
  let permitted = false
  for (const rule of aggregate.rules) {
    const answer = rule.when(state, command, facts)
    if (answer.says === 'forbids')
      forbidding.push({ id: rule.id, document: rule.document, sentence: rule.sentence })
    if (answer.says === 'permits') permitted = true
    if (answer.says === 'requires') {
      const same = events.find(({ event }) => sameEvent(event, answer.event))
      if (same) same.because.push(rule.id)
      else events.push({ event: answer.event, because: [rule.id] })
    }
  }
  if (forbidding.length > 0) return { outcome: 'refused', rules: forbidding }
  if (events.length === 0 && !permitted) return { outcome: 'unexplained' }
  return { outcome: 'decided', events }
}

/** The state after events, from the beginning or from a state already reached. */
export function fold<State, Event>(
  aggregate: { initial: State; evolve: (state: State, event: Event) => State },
  events: readonly Event[],
  from: State = aggregate.initial,
): State {
  return events.reduce((state, event) => aggregate.evolve(state, event), from)
}

function sameEvent(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
