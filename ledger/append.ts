import type { Pool } from 'pg'
import { checkCommand, type Command, type NewEvent, type Outcome } from './command.ts'
import { parseEvent, type EventCatalogue } from './event-catalogue.ts'
import { canonicalEvent, sha256 } from './event-hash.ts'
import { NotJson, toJson, type Json } from './json.ts'
import { LedgerError } from './ledger-error.ts'
import type { PersonKeys } from './person-keys.ts'
import { findMalformedPersonal, personsIn, seal, type KeyOf } from './personal.ts'
import { uuidv7 } from './uuid.ts'

export interface Writer {
  pool: Pool
  events: EventCatalogue | undefined
  keys: PersonKeys
}

const maximumEventCharacters = 1_000_000
const maximumCommandCharacters = 50_000_000

/**
 * A command as `ledger.append` takes it, as JSON: checked, personal values encrypted, each event
 * with its id and its hash.
 *
 * @throws LedgerError when the ledger does not take it.
 */
export async function prepare(writer: Writer, command: Command): Promise<string> {
  checkCommand(command)
  const context = refusingNotJson('invalid-command', () =>
    toJson(command.context ?? null, 'context'),
  )
  const streams = command.streams.map(({ stream, expected, events }) => ({
    stream,
    expected,
    events: events.map((event) => checkEvent(writer.events, event)),
  }))
  const persons = new Set(streams.flatMap(({ events }) => events.flatMap((e) => [...e.persons])))
  const keyOf = await writer.keys.forWriting(writer.pool, persons)

  const { commandId, actor, correlation = null, causation = null, reads = [] } = command
  const common = { actor, commandId, correlation, causation, context }
  const finished = streams.map(({ stream, expected, events }) => ({
    ...{ stream, expected },
    events: events.map((event) => finish(event, { ...common, stream }, keyOf)),
  }))
  refuseTooLarge(finished.flatMap(({ events }) => events))
  return JSON.stringify({
    ...common,
    reads,
    streams: finished.map(({ events, ...rest }) => ({
      ...rest,
      events: events.map(({ event }) => event),
    })),
  })
}

/** Appends prepared commands in one call, a transaction of its own; an outcome for each, in order. */
export async function send(pool: Pool, prepared: string[]): Promise<Outcome[]> {
  const { rows } = await pool.query<{ outcomes: Outcome[] }>(
    'select ledger.append($1) as outcomes',
    [`[${prepared.join(',')}]`],
  )
  return rows[0]?.outcomes ?? []
}

type CheckedEvent = {
  type: string
  schemaVersion: number
  occurredAt: string
  data: Json
  persons: Set<string>
}

function checkEvent(catalogue: EventCatalogue | undefined, event: NewEvent): CheckedEvent {
  const { type, occurredAt } = event
  const parsed = catalogue ? parseEvent(catalogue, event) : event
  const data = refusingNotJson('invalid-event-data', () => toJson(parsed.data, 'data'))
  const malformed = findMalformedPersonal(data, 'data')
  if (malformed !== undefined) {
    throw new LedgerError(
      'invalid-event-data',
      `${malformed} of ${type} is marked kind "personal", expected {kind, person, value} and nothing else.`,
    )
  }
  return {
    type,
    schemaVersion: parsed.schemaVersion ?? 1,
    occurredAt: toInstant(occurredAt),
    data,
    persons: personsIn(data),
  }
}

function finish(
  event: CheckedEvent,
  common: {
    stream: string
    actor: string
    commandId: string
    correlation: string | null
    causation: string | null
    context: Json
  },
  keyOf: KeyOf,
) {
  const { type, schemaVersion, occurredAt } = event
  const id = uuidv7()
  const data = event.persons.size > 0 ? seal(event.data, id, keyOf) : event.data
  const canonical = canonicalEvent({ ...common, id, type, schemaVersion, occurredAt, data })
  const hash = sha256(canonical).toString('hex')
  return {
    event: { id, type, schemaVersion, occurredAt, data, hash },
    characters: canonical.length,
  }
}

function refuseTooLarge(events: { event: { type: string }; characters: number }[]): void {
  const large = events.find(({ characters }) => characters > maximumEventCharacters)
  if (large) {
    throw new LedgerError(
      'event-too-large',
      `An event ${large.event.type} has ${large.characters} characters; the ledger takes ${maximumEventCharacters}.`,
    )
  }
  const all = events.reduce((sum, { characters }) => sum + characters, 0)
  if (all <= maximumCommandCharacters) return
  throw new LedgerError(
    'command-too-large',
    `The command has ${all} characters; the ledger takes ${maximumCommandCharacters}. Make it several.`,
  )
}

/** The one form of an instant that is hashed, and that PostgreSQL gives back. */
function toInstant(occurredAt: string | undefined): string {
  const instant = (occurredAt === undefined ? new Date() : new Date(occurredAt)).toISOString()
  if (/^(?!0000)\d{4}-/.test(instant)) return instant
  throw new LedgerError(
    'invalid-command',
    `occurredAt is ${occurredAt}, expected a year 1 to 9999.`,
  )
}

function refusingNotJson(code: 'invalid-command' | 'invalid-event-data', make: () => Json): Json {
  try {
    return make()
  } catch (error) {
    if (error instanceof NotJson) throw new LedgerError(code, `${error.message}.`)
    throw error
  }
}
