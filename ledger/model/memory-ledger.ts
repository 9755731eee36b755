import { isDeepStrictEqual } from 'node:util'
import type { AppendedEvent, Command, Expected, Outcome } from '../command.ts'
import type { Json } from '../json.ts'
import type { RecordedEvent } from '../recorded-event.ts'

export type MemoryEvent = Pick<
  RecordedEvent,
  'position' | 'id' | 'stream' | 'version' | 'type' | 'commandId' | 'actor' | 'data'
>

/** What a ledger is, in the simplest words: its events in order, and who was erased. */
export interface MemoryLedger {
  /** The position after which this log begins. */
  base: number
  events: readonly MemoryEvent[]
  erased: ReadonlySet<string>
}

/** @param ids for the events, should they be appended. */
export function appendTo(
  memory: MemoryLedger,
  command: Command,
  ids: string[],
): { memory: MemoryLedger; outcome: Outcome } {
  const earlier = memory.events.filter(({ commandId }) => commandId === command.commandId)
  if (earlier.length > 0) {
    return { memory, outcome: { outcome: 'duplicate', events: earlier.map(placeOf) } }
  }
  const conflict = findConflict(memory, command)
  if (conflict) return { memory, outcome: conflict }
  const { commandId, actor } = command
  const written = command.streams.flatMap(({ stream, events }) =>
    events.map(({ type, data }, index) => ({
      ...{ stream, version: versionOf(memory, stream) + 1 + index },
      ...{ type, data, commandId, actor },
    })),
  )
  const next = memory.base + memory.events.length + 1
  const events = written.map((event, index) => ({
    ...{ ...event, position: next + index, id: ids[index] ?? '' },
  }))
  return {
    memory: { ...memory, events: [...memory.events, ...events] },
    outcome: { outcome: 'appended', events: events.map(placeOf) },
  }
}

/**
 * The ledger after commands that were appended at the same time, or undefined when there is no
 * order, one after the other, in which they would have come out as they did (they are not
 * linearizable: Herlihy and Wing, "Linearizability", 1990).
 */
export function appendInSomeOrder(
  memory: MemoryLedger,
  appends: { command: Command; outcome: Outcome }[],
): MemoryLedger | undefined {
  if (appends.length === 0) return memory
  for (const [index, { command, outcome }] of appends.entries()) {
    const ids = outcome.outcome === 'conflict' ? [] : outcome.events.map(({ id }) => id)
    const next = appendTo(memory, command, ids)
    if (!isDeepStrictEqual(next.outcome, outcome)) continue
    const found = appendInSomeOrder(next.memory, appends.toSpliced(index, 1))
    if (found) return found
  }
  return undefined
}

/** The events as they are read now: of an erased person nothing is left. */
export function read(
  { events, erased }: MemoryLedger,
  isWanted: (event: MemoryEvent) => boolean,
): MemoryEvent[] {
  return events.filter(isWanted).map((event) => ({ ...event, data: erase(event.data, erased) }))
}

function findConflict(memory: MemoryLedger, { streams, reads = [] }: Command): Outcome | undefined {
  const expectations = [
    ...streams.map(({ stream, expected }) => ({ stream, expected })),
    ...reads.map(({ stream, version }) => ({ stream, expected: version })),
  ]
  for (const { stream, expected } of expectations) {
    const actual = versionOf(memory, stream)
    if (!isMet(expected, actual)) return { outcome: 'conflict', stream, expected, actual }
  }
  return undefined
}

function isMet(expected: Expected, actual: number): boolean {
  switch (expected) {
    case 'any':
      return true
    case 'none':
      return actual === 0
    case 'exists':
      return actual > 0
    default:
      return actual === expected
  }
}

function versionOf({ events }: MemoryLedger, name: string): number {
  return events.filter(({ stream }) => stream === name).length
}

function placeOf({ position, stream, version, id }: MemoryEvent): AppendedEvent {
  return { position, stream, version, id }
}

function erase(data: Json, erased: ReadonlySet<string>): Json {
  if (data === null || typeof data !== 'object') return data
  if (Array.isArray(data)) return data.map((item) => erase(item, erased))
  if (typeof data['person'] === 'string' && erased.has(data['person'])) {
    return { ...data, value: null }
  }
  return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, erase(item, erased)]))
}
