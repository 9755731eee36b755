import type { Pool, PoolClient } from 'pg'
import { bigIntegers, hashes, instants, integers, jsons, texts, uuids } from './binary-array.ts'
import type { AppendedEvent, Expected, Outcome } from './command.ts'

/** A command as the log takes it: checked, personal values encrypted, each event with its id and its hash. */
export interface PreparedCommand {
  commandId: string
  actor: string
  correlation: string | null
  causation: string | null
  /** JSON */
  context: string | null
  streams: { stream: string; expected: Expected; events: PreparedEvent[] }[]
  reads: { stream: string; version: number }[]
  /** Of the canonical texts of its events. */
  characters: number
}

export interface PreparedEvent {
  id: string
  type: string
  schemaVersion: number
  /** Milliseconds since 1970. */
  occurredAtMs: number
  /** JSON */
  data: string
  hash: Buffer
}

/** How long an answer is waited for before the connection is given up: longer than the server works on it. */
const patienceMs = 40_000

/**
 * Appends commands that are independent of each other in one call of `ledger.append`, a
 * transaction of its own; an outcome for each, in order.
 */
export async function callAppend(
  database: Pool | PoolClient,
  commands: PreparedCommand[],
): Promise<Outcome[]> {
  const streams = commands.flatMap(streamsOf)
  const { rows } = await database.query<AppendAnswer>({
    ...{ name: 'ledger.append', text: statement, query_timeout: patienceMs },
    values: columnsOf(commands, streams),
  })
  const answer = rows[0]!
  const first = await firstOutcomes(
    database,
    commands.filter((_, index) => answer.decisions[index] === duplicate),
  )
  return outcomesOf(commands, streams, answer, first)
}

interface ListedStream {
  command: number
  stream: string
  expected: Expected
  events: PreparedEvent[]
}

interface AppendAnswer {
  head_position: string
  decisions: number[]
  versions: string[]
}

const appended = 0
const duplicate = -1

const statement = `select head_position, decisions, versions
  from ledger.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`

function streamsOf({ streams, reads }: PreparedCommand, index: number): ListedStream[] {
  const command = index + 1
  return [
    ...streams.map((written) => ({ command, ...written })),
    ...reads.map(({ stream, version }) => ({ command, stream, expected: version, events: [] })),
  ]
}

/** The three lists that `ledger.append` takes, in the order of its parameters (see 0002-append.sql). */
function columnsOf(commands: PreparedCommand[], streams: ListedStream[]): Buffer[] {
  const events = streams.flatMap((listed) => listed.events)
  return [
    texts(commands.map(({ commandId }) => commandId)),
    texts(commands.map(({ actor }) => actor)),
    texts(commands.map(({ correlation }) => correlation)),
    texts(commands.map(({ causation }) => causation)),
    jsons(commands.map(({ context }) => context)),
    integers(streams.map(({ command }) => command)),
    texts(streams.map(({ stream }) => stream)),
    bigIntegers(streams.map(({ expected }) => expectedVersion(expected))),
    integers(streams.map((listed) => listed.events.length)),
    uuids(events.map(({ id }) => id)),
    texts(events.map(({ type }) => type)),
    integers(events.map(({ schemaVersion }) => schemaVersion)),
    instants(events.map(({ occurredAtMs }) => occurredAtMs)),
    jsons(events.map(({ data }) => data)),
    hashes(events.map(({ hash }) => hash)),
  ]
}

function expectedVersion(expected: Expected): number {
  switch (expected) {
    case 'none':
      return 0
    case 'any':
      return -1
    case 'exists':
      return -2
    default:
      return expected
  }
}

function outcomesOf(
  commands: PreparedCommand[],
  streams: ListedStream[],
  { head_position, decisions, versions }: AppendAnswer,
  first: Map<string, AppendedEvent[]>,
): Outcome[] {
  const events = commands.map((): AppendedEvent[] => [])
  let position = Number(head_position)
  for (const [index, { command, stream, events: written }] of streams.entries()) {
    if (decisions[command - 1] !== appended) continue
    let version = Number(versions[index])
    for (const { id } of written) {
      position += 1
      version += 1
      events[command - 1]?.push({ position, stream, version, id })
    }
  }
  return commands.map(({ commandId }, index): Outcome => {
    const decision = decisions[index] ?? appended
    if (decision === appended) return { outcome: 'appended', events: events[index] ?? [] }
    if (decision === duplicate) return { outcome: 'duplicate', events: first.get(commandId) ?? [] }
    const { stream, expected } = streams[decision - 1]!
    return { outcome: 'conflict', stream, expected, actual: Number(versions[decision - 1]) }
  })
}

/** What commands that were appended before brought, by command id. */
async function firstOutcomes(
  database: Pool | PoolClient,
  commands: PreparedCommand[],
): Promise<Map<string, AppendedEvent[]>> {
  const found = new Map<string, AppendedEvent[]>()
  if (commands.length === 0) return found
  const { rows } = await database.query<{ command_id: string; events: AppendedEvent[] }>(
    `select known.command_id, (
       select json_agg(json_build_object(
         'position', e.position, 'stream', e.stream, 'version', e.version, 'id', e.id) order by e.position)
       from ledger.event as e where e.position between known.first_position and known.last_position
     ) as events
     from ledger.command as known where known.command_id = any($1)`,
    [commands.map(({ commandId }) => commandId)],
  )
  for (const { command_id, events } of rows) found.set(command_id, events)
  return found
}
