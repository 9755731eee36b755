/**
 * What one rule says about one command in one state, on its own.
 * `silent`: the rule is about something else. `permits`: it is about this, and lets it through.
 */
export type Answer<Event> =
  | { says: 'silent' }
  | { says: 'permits' }
  | { says: 'forbids' }
  | { says: 'requires'; event: Event }

export const silent = { says: 'silent' } as const
export const permits = { says: 'permits' } as const
export const forbids = { says: 'forbids' } as const
export function requires<Event>(event: Event): { says: 'requires'; event: Event } {
  return { says: 'requires', event }
}

/** A sentence of the business, as data. `document` is the file in documents/ (without .md) that states it. */
export type Rule<State, Command, Facts, Event> = {
  id: string
  document: string
  sentence: string
  /** Ids of the rules that this one takes precedence over: where it forbids, what they require does not happen. */
  overrides?: readonly string[]
  when: (state: State, command: Command, facts: Facts) => Answer<Event>
}

/** Names the types of an aggregate once, so that each of its rules is written without them. */
export function rulesFor<State, Command, Facts, Event>() {
  return (rule: Rule<State, Command, Facts, Event>): Rule<State, Command, Facts, Event> => rule
}
