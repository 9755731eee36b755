import type { Pool } from 'pg'
import type { PreparedCommand, PreparedEvent } from './append-call.ts'
import { canonicalJson } from './canonical.ts'
import { checkCommand, type Command, type NewEvent } from './command.ts'
import { parseEvent, type EventCatalogue } from './event-catalogue.ts'
import { canonicalCommand, canonicalText, sha256 } from './event-hash.ts'
import { NotJson, toJson, type Json } from './json.ts'
import { LedgerError } from './ledger-error.ts'
import type { PersonKeys } from './person-keys.ts'
import { findMalformedPersonal, holdsPersonal, personsIn, seal, type KeyOf } from './personal.ts'
import { uuidv7 } from './uuid.ts'

export interface Writer {
  pool: Pool
  events: EventCatalogue | undefined
  keys: PersonKeys
}

const maximumEventCharacters = 1_000_000
const maximumCommandCharacters = 50_000_000

/**
 * Makes a command ready for the log.
 *
 * @throws LedgerError when the ledger does not take it.
 */
export async function prepare(writer: Writer, command: Command): Promise<PreparedCommand> {
  checkCommand(command)
  const context = refusingNotJson('invalid-command', () =>
    canonicalJson(toJson(command.context ?? null, 'context')),
  )
  const now = new Date().toISOString()
  const streams = command.streams.map(({ stream, expected, events }) => ({
    ...{ stream, expected },
    events: events.map((event) => checkEvent(writer.events, event, now)),
  }))
  const persons = new Set<string>()
  for (const { events } of streams) {
    for (const event of events) for (const person of event.persons) persons.add(person)
  }
  const keyOf = persons.size > 0 ? await writer.keys.forWriting(writer.pool, persons) : withoutKeys

  const { commandId, actor, correlation = null, causation = null, reads = [] } = command
  const common = { actor, commandId, correlation, causation, context }
  const text = canonicalCommand(common)
  let characters = 0
  const finished = streams.map(({ stream, expected, events }) => ({
    ...{ stream, expected },
    events: events.map((event) => {
      const { canonical, prepared } = finish(event, stream, text, keyOf)
      refuseLargeEvent(event.type, canonical.length)
      characters += canonical.length
      return prepared
    }),
  }))
  refuseLargeCommand(characters)
  return {
    ...common,
    context: context === 'null' ? null : context,
    ...{ streams: finished, reads, characters },
  }
}

const withoutKeys: KeyOf = () => null

type CheckedEvent = {
  type: string
  schemaVersion: number
  occurredAt: string
  data: Json
  persons: ReadonlySet<string>
}

function checkEvent(
  catalogue: EventCatalogue | undefined,
  event: NewEvent,
  now: string,
): CheckedEvent {
  const { type, occurredAt } = event
  const parsed = catalogue ? parseEvent(catalogue, event) : event
  const data = refusingNotJson('invalid-event-data', () => toJson(parsed.data, 'data'))
  const persons = holdsPersonal(data) ? checkedPersons(type, data) : nobody
  return {
    type,
    schemaVersion: parsed.schemaVersion ?? 1,
    occurredAt: occurredAt === undefined ? now : toInstant(occurredAt),
    data,
    persons,
  }
}

const nobody: ReadonlySet<string> = new Set()

function checkedPersons(type: string, data: Json): Set<string> {
  const malformed = findMalformedPersonal(data, 'data')
  if (malformed === undefined) return personsIn(data)
  throw new LedgerError(
    'invalid-event-data',
    `${malformed} of ${type} is marked kind "personal", expected {kind, person, value} and nothing else.`,
  )
}

function finish(
  event: CheckedEvent,
  stream: string,
  command: string,
  keyOf: KeyOf,
): { canonical: string; prepared: PreparedEvent } {
  const { type, schemaVersion, occurredAt } = event
  const id = uuidv7()
  const data = canonicalJson(event.persons.size > 0 ? seal(event.data, id, keyOf) : event.data)
  const canonical = canonicalText(command, { id, stream, type, schemaVersion, occurredAt, data })
  const hash = sha256(canonical)
  const occurredAtMs = Date.parse(occurredAt)
  return { canonical, prepared: { id, type, schemaVersion, occurredAtMs, data, hash } }
}

function refuseLargeEvent(type: string, characters: number): void {
  if (characters <= maximumEventCharacters) return
  throw new LedgerError(
    'event-too-large',
    `An event ${type} has ${characters} characters; the ledger takes ${maximumEventCharacters}.`,
  )
}

function refuseLargeCommand(characters: number): void {
  if (characters <= maximumCommandCharacters) return
  throw new LedgerError(
    'command-too-large',
    `The command has ${characters} characters; the ledger takes ${maximumCommandCharacters}. Make it several.`,
  )
}

/** The one form of an instant that is hashed, and that PostgreSQL gives back. */
function toInstant(occurredAt: string): string {
  const instant = new Date(occurredAt).toISOString()
  if (/^(?!0000)\d{4}-/.test(instant)) return instant
  throw new LedgerError(
    'invalid-command',
    `occurredAt is ${occurredAt}, expected a year 1 to 9999.`,
  )
}

function refusingNotJson<Made>(
  code: 'invalid-command' | 'invalid-event-data',
  make: () => Made,
): Made {
  try {
    return make()
  } catch (error) {
    if (error instanceof NotJson) throw new LedgerError(code, `${error.message}.`)
    throw error
  }
}
