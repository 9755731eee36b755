import { expect, test } from 'vitest'
import type { Outcome } from '../command.ts'
import { note } from '../testing.ts'
import { findFaults, type Asked, type LoggedEvent } from './history.ts'

const log: LoggedEvent[] = [
  { position: 1, id: 'id-1', stream: 'a', version: 1, commandId: 'first', data: 'x' },
  { position: 2, id: 'id-2', stream: 'a', version: 2, commandId: 'first', data: 'y' },
  { position: 3, id: 'id-3', stream: 'a', version: 3, commandId: 'second', data: 'z' },
]
const placed = (events: LoggedEvent[]) =>
  events.map(({ position, stream, version, id }) => ({ position, stream, version, id }))
const appended: Outcome = { outcome: 'appended', events: placed(log.slice(0, 2)) }
const duplicate: Outcome = { outcome: 'duplicate', events: placed(log.slice(0, 2)) }
const conflict: Outcome = { outcome: 'conflict', stream: 'a', expected: 0, actual: 3 }

const first = (...outcomes: Outcome[]): Asked => ({
  ...{ command: note('a', { commandId: 'first', data: ['x', 'y'] }), outcomes },
})
const second = (...outcomes: Outcome[]): Asked => ({
  ...{ command: note('a', { commandId: 'second', data: ['z'] }), outcomes },
})
const third = (...outcomes: Outcome[]): Asked => ({
  ...{ command: note('a', { commandId: 'third', expected: 0 }), outcomes },
})

test('finds nothing in a log that holds what was acknowledged, once, and perhaps what was not', () => {
  expect(findFaults([first(appended, duplicate), second(), third(conflict)], log)).toEqual([])
})

const numbered = (events: LoggedEvent[]) =>
  events.map((event, index) => ({ ...event, position: index + 1, version: index + 1 }))

test.for<[string, RegExp, Asked[], LoggedEvent[]]>([
  ['lost', /first was acknowledged, and is lost/, [first(appended)], []],
  [
    'doubled',
    /first is doubled: 4 events of 2/,
    [first(appended)],
    numbered([...log.slice(0, 2), ...log.slice(0, 2)]),
  ],
  ['torn', /first is torn: 1 events of 2/, [first()], log.slice(0, 1)],
  [
    'moved',
    /first is not where an answer said/,
    [first(appended)],
    numbered(log.slice(0, 2)).map((event) => ({ ...event, id: 'other' })),
  ],
  ['appended twice', /first was appended twice/, [first(appended, appended)], log.slice(0, 2)],
  ['there after a conflict', /second met a conflict/, [first(), second(conflict)], log],
  ['not asked for', /second is in the log, and nobody asked for it/, [first()], log],
  [
    'a gap in the positions',
    /Position 3 is missing/,
    [first(), second()],
    [...log.slice(0, 2), { ...log[2]!, position: 4 }],
  ],
  [
    'a gap in the versions',
    /a has version 4 for 3/,
    [first(), second()],
    [...log.slice(0, 2), { ...log[2]!, version: 4 }],
  ],
])('finds what is %s', ([, fault, history, wrong]) => {
  expect(findFaults(history, wrong).join('\n')).toMatch(fault)
})
