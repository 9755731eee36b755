import { describe, expect, test } from 'vitest'
import type { Aggregate } from './aggregate.ts'
import { forbids, requires, rulesFor, silent } from './rule.ts'
import { walk } from './walk.ts'

type Door = 'open' | 'shut' | 'sealed'
type Command = { type: 'Open' } | { type: 'Shut' } | { type: 'Seal' }
type Event = { type: 'Opened' } | { type: 'WasShut' } | { type: 'Sealed' }

const rule = rulesFor<Door, Command, null, Event>()
const document = 'doors'

const opens = rule({
  id: 'DOR-1',
  document,
  sentence: 'A shut door can be opened.',
  when: (door, { type }) =>
    type === 'Open' && door === 'shut' ? requires({ type: 'Opened' }) : silent,
})
const shuts = rule({
  id: 'DOR-2',
  document,
  sentence: 'An open door can be shut.',
  when: (door, { type }) =>
    type === 'Shut' && door === 'open' ? requires({ type: 'WasShut' }) : silent,
})
const seals = rule({
  id: 'DOR-3',
  document,
  sentence: 'A shut door can be sealed.',
  when: (door, { type }) =>
    type === 'Seal' && door === 'shut' ? requires({ type: 'Sealed' }) : silent,
})
const needsTheOther = rule({
  id: 'DOR-4',
  document,
  sentence: 'A door is opened when shut, shut when open, and sealed when shut.',
  when: (door, { type }) =>
    door === 'sealed' || (door === 'open') === (type === 'Shut') ? silent : forbids,
})
const sealedStays = rule({
  id: 'DOR-5',
  document,
  sentence: 'A sealed door stays sealed.',
  when: (door) => (door === 'sealed' ? forbids : silent),
})

const sound = door([opens, shuts, seals, needsTheOther, sealedStays])

describe('walking the states of an aggregate', () => {
  test('reaches every state and fills the decision table', () => {
    const found = walk(sound)
    expect(found.statesReached).toBe(3)
    expect(found.conflicts).toEqual([])
    expect(found.ambiguities).toEqual([])
    expect(found.table).toHaveLength(9)
    expect(found.table).toContainEqual({
      state: 'sealed',
      command: 'Open',
      outcomes: [{ events: [], rules: ['DOR-5'] }],
    })
  })

  test('finds a planted contradiction: one rule forbids what another requires', () => {
    const nobodyOpens = rule({
      id: 'DOR-9',
      document,
      sentence: 'Doors stay shut.',
      when: (_, { type }) => (type === 'Open' ? forbids : silent),
    })
    expect(walk(door([...sound.rules, nobodyOpens])).conflicts).toEqual([
      { aggregate: 'door', state: 'shut', command: 'Open', forbids: 'DOR-9', against: 'DOR-1' },
    ])
    // Declared precedence settles it.
    const firmly = { ...nobodyOpens, overrides: ['DOR-1'] }
    expect(walk(door([...sound.rules, firmly])).conflicts).toEqual([])
  })

  test('finds a planted gap: a command that no rule explains', () => {
    const withGap = door([opens, shuts, seals, needsTheOther])
    expect(walk(withGap).ambiguities).toEqual([
      { aggregate: 'door', state: 'sealed', command: 'Open' },
      { aggregate: 'door', state: 'sealed', command: 'Shut' },
      { aggregate: 'door', state: 'sealed', command: 'Seal' },
    ])
  })

  test('refuses to walk for ever', () => {
    let count = 0
    const endless = { ...sound, walk: { ...sound.walk, fingerprint: () => String(count++) } }
    expect(() => walk(endless)).toThrow('more than 5000 states')
  })
})

function door(rules: (typeof opens)[]): Aggregate<Door, Command, null, Event> {
  return {
    name: 'door',
    initial: 'shut',
    evolve: (_, event) =>
      event.type === 'Opened' ? 'open' : event.type === 'Sealed' ? 'sealed' : 'shut',
    rules,
    walk: {
      tries: () => [
        { command: { type: 'Open' }, facts: null },
        { command: { type: 'Shut' }, facts: null },
        { command: { type: 'Seal' }, facts: null },
      ],
      stateName: (state) => state,
      fingerprint: (state) => state,
    },
  }
}
