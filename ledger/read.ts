import type { Pool, PoolClient } from 'pg'
import { upcast, type EventCatalogue } from './event-catalogue.ts'
import type { Json } from './json.ts'
import { LedgerError } from './ledger-error.ts'
import type { PersonKeys } from './person-keys.ts'
import { personsIn, unseal } from './personal.ts'
import type { RecordedEvent } from './recorded-event.ts'

export interface Reader {
  database: Pool | PoolClient
  keys: PersonKeys
  /** Brings events that were written in an older shape into the present one. */
  events: EventCatalogue | undefined
}

export interface ReadStreamOptions {
  /** The first version to read. @default 1, backward the last */
  from?: number
  /** @default all of the stream */
  limit?: number
  /** @default 'forward' */
  direction?: 'forward' | 'backward'
}

export interface LogFilter {
  /** Only events of these types. @default all */
  types?: string[]
  /** Only events of streams whose name begins so. @default all */
  streamPrefix?: string
}

export interface ReadLogOptions extends LogFilter {
  /** Reads what comes after this position. @default 0 */
  after?: number
  /** Reads up to this position. @default the head */
  through?: number
  /** @default 1_000 */
  limit?: number
  /** The connection to read on, inside its transaction. @default one from the pool */
  client?: PoolClient
}

export async function readStream(
  reader: Reader,
  stream: string,
  { from, limit, direction = 'forward' }: ReadStreamOptions,
): Promise<RecordedEvent[]> {
  const [beyond, order] = direction === 'forward' ? ['>=', 'asc'] : ['<=', 'desc']
  const { rows } = await reader.database.query<EventRow>(
    `select ${columns} from ledger.event
     where stream = $1 ${from === undefined ? '' : `and version ${beyond} $3`}
     order by version ${order} limit $2`,
    [stream, limit ?? null, ...(from === undefined ? [] : [from])],
  )
  return recordedEvents(reader, rows)
}

/**
 * The next events of a stream after a version, and the persons whose values are in them in the
 * clear, whatever an upcaster made of these.
 */
export async function readStreamAfter(
  reader: Reader,
  stream: string,
  { after, limit }: { after: number; limit: number },
): Promise<OpenedEvents> {
  const { rows } = await reader.database.query<EventRow>(
    `select ${columns} from ledger.event
     where stream = $1 and version > $2 order by version limit $3`,
    [stream, after, limit],
  )
  return openEvents(reader, rows)
}

export async function readLog(
  reader: Reader,
  { after = 0, through, limit = 1_000, types, streamPrefix }: ReadLogOptions,
): Promise<RecordedEvent[]> {
  const values: unknown[] = [after, limit]
  const conditions = ['position > $1']
  function require(condition: string, value: unknown): void {
    if (value !== undefined) conditions.push(`${condition} $${values.push(value)}`)
  }
  require('position <=', through)
  require('stream ^@', streamPrefix)
  if (types) conditions.push(`type = any($${values.push(types)})`)
  const { rows } = await reader.database.query<EventRow>(
    `select ${columns} from ledger.event
     where ${conditions.join(' and ')} order by position limit $2`,
    values,
  )
  return recordedEvents(reader, rows)
}

export async function readCommand(reader: Reader, commandId: string): Promise<RecordedEvent[]> {
  const { rows } = await reader.database.query<EventRow>(
    `select ${columns} from ledger.event
     where position between
       (select first_position from ledger.command where command_id = $1) and
       (select last_position from ledger.command where command_id = $1)
     order by position`,
    [commandId],
  )
  return recordedEvents(reader, rows)
}

export async function readHead(
  database: Pool | PoolClient,
): Promise<{ position: number; hash: string }> {
  const { rows } = await database.query<{ position: string; hash: string }>(
    `select position, encode(hash, 'hex') as hash from ledger.head`,
  )
  const { position, hash } = rows[0]!
  return { position: Number(position), hash }
}

const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const columns = `position, id, stream, version, type, schema_version,
  ${instant('occurred_at')} as occurred_at, ${instant('recorded_at')} as recorded_at,
  actor, command_id, correlation, causation, context, data`

type EventRow = {
  position: string
  id: string
  stream: string
  version: string
  type: string
  schema_version: number
  occurred_at: string
  recorded_at: string
  actor: string
  command_id: string
  correlation: string | null
  causation: string | null
  context: Json
  data: Json
}

interface OpenedEvents {
  events: RecordedEvent[]
  persons: string[]
}

async function recordedEvents(reader: Reader, rows: EventRow[]): Promise<RecordedEvent[]> {
  return (await openEvents(reader, rows)).events
}

async function openEvents(reader: Reader, rows: EventRow[]): Promise<OpenedEvents> {
  const personsOf = rows.map(({ data }) => personsIn(data))
  const persons = new Set(personsOf.flatMap((some) => [...some]))
  const keyOf = await reader.keys.forReading(reader.database, persons)
  const events = rows.map((row, index) => {
    const position = Number(row.position)
    const written = {
      type: row.type,
      schemaVersion: row.schema_version,
      data: personsOf[index]?.size ? open(row, position) : row.data,
    }
    return {
      position,
      id: row.id,
      stream: row.stream,
      version: Number(row.version),
      type: row.type,
      ...(reader.events ? upcast(reader.events, written) : written),
      occurredAt: row.occurred_at,
      recordedAt: row.recorded_at,
      actor: row.actor,
      commandId: row.command_id,
      correlation: row.correlation,
      causation: row.causation,
      context: row.context,
    }
  })
  return { events, persons: [...persons].filter((person) => keyOf(person) !== null) }

  function open(row: EventRow, position: number): Json {
    try {
      return unseal(row.data, row.id, keyOf)
    } catch (cause) {
      throw new LedgerError(
        'unreadable-personal-value',
        `A personal value at position ${position} does not open with its person's key: it was changed. Run the audit.`,
        { cause },
      )
    }
  }
}
