import type { Command, Ledger, Outcome, RecordedEvent } from '@pet/ledger/ledger'
import { LedgerError } from '@pet/ledger/ledger-error'
import { Problem, problem } from '@pet/http/problem'
import { decide, fold } from './aggregate.ts'
import type { Aggregate, Decided, Typed } from './aggregate.ts'

/** An aggregate as its stream says it is now. */
export type Loaded<State> = {
  stream: string
  version: number
  state: State
  history: RecordedEvent[]
}

/** What a decision adds to one stream. */
export type Change = {
  stream: string
  expected: number
  events: Decided<Typed & { data: unknown }>[]
}

export type Who = {
  commandId: string
  actor: string
  /** The hash of the request that gave the command, kept with its events. */
  request?: string
}

/** More events than this in one stream are refused: no thing of the business has so long a life. */
const mostEvents = 10_000

/**
 * An aggregate as its stream says it is now.
 * @throws Problem 409 when its life has been longer than anything in the business lives.
 */
export async function load<State, Command extends Typed, Facts, Event extends Typed>(
  ledger: Ledger,
  aggregate: Aggregate<State, Command, Facts, Event>,
  stream: string,
): Promise<Loaded<State>> {
  const history = await ledger.readStream(stream, { limit: mostEvents + 1 })
  if (history.length > mostEvents)
    throw problem(
      409,
      'too-many-events',
      'It has changed too often',
      `${stream} has more than ${mostEvents} events. Go on with a new one that says where it comes from.`,
    )
  // The catalogue checked every event on its way in, so what comes out has the aggregate's types.
  const events = history as unknown as Event[]
  return { stream, version: history.length, state: fold(aggregate, events), history }
}

/**
 * What the command would add to the stream.
 * @throws Problem 409 that names every rule which forbids it.
 */
export function change<
  State,
  Command extends Typed,
  Facts,
  Event extends Typed & { data: unknown },
>(
  aggregate: Aggregate<State, Command, Facts, Event>,
  { stream, version, state }: Loaded<State>,
  command: Command,
  facts: Facts,
): Change {
  const decision = decide(aggregate, state, command, facts)
  switch (decision.outcome) {
    case 'decided':
      return { stream, expected: version, events: decision.events }
    case 'refused':
      throw refusal(decision.rules)
    case 'unexplained':
      throw new Error(`No rule explains ${command.type} of a ${aggregate.name} in this state`)
  }
}

/**
 * Appends the changes of one command, all or none. The events keep which rules required them.
 * @throws Problem 412 with the actual version when a stream has moved since it was loaded.
 */
export async function commit(ledger: Ledger, who: Who, changes: Change[]): Promise<void> {
  const streams = changes
    .filter(({ events }) => events.length > 0)
    .map(({ stream, expected, events }) => ({
      stream,
      expected: expected === 0 ? ('none' as const) : expected,
      events: events.map(({ event }) => ({ type: event.type, data: event.data as never })),
    }))
  if (streams.length === 0) return
  const because = Object.fromEntries(
    changes.flatMap(({ events }) => events.map(({ event, because }) => [event.type, because])),
  )
  const { commandId, actor, request } = who
  const context = { because, ...(request !== undefined && { request }) }
  const outcome = await append(ledger, { commandId, actor, streams, context })
  if (outcome.outcome === 'conflict') throw moved(outcome.actual)
}

/** Appends, and says in terms of the request what the ledger refuses because of it. */
async function append(ledger: Ledger, command: Command): Promise<Outcome> {
  try {
    return await ledger.append(command)
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    switch (error.code) {
      case 'event-too-large':
      case 'command-too-large':
        throw problem(413, error.code, 'It is more than one event can hold', error.message)
      case 'overloaded':
        throw problem(503, error.code, 'Too much is being written', error.message)
      case 'person-erased':
        throw problem(409, error.code, 'The person was erased', error.message)
      default:
        throw error
    }
  }
}

/**
 * Decides again when a stream moved between loading and appending: for commands that are not based on a version that
 * a person saw. After the last try the 412 stands.
 */
export async function decideAgainWhenMoved(decideAndCommit: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await decideAndCommit()
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 412 || tries === mostTries) throw error
    }
  }
}

const mostTries = 5

/** Which rules made an event happen, as the event itself says. */
export function becauseOf({ context, type }: RecordedEvent): string[] {
  const because = (context as { because?: Record<string, string[]> } | null)?.because
  return because?.[type] ?? []
}

/** The hash of the request that made an event happen, as the event itself says. */
export function requestOf({ context }: RecordedEvent): string | undefined {
  return (context as { request?: string } | null)?.request
}

export function refusal(rules: { id: string; document: string; sentence: string }[]): Problem {
  const sentences = rules.map(({ id, sentence }) => `${id}: ${sentence}`)
  return problem(
    409,
    'refused-by-rule',
    'A rule of the business refuses this',
    sentences.join(' '),
    {
      rules,
    },
  )
}

export function moved(actual: number): Problem {
  return problem(
    412,
    'version-moved',
    'Somebody else changed it meanwhile',
    `It is at version ${actual} now. Load it again, look at what changed, and repeat what you wanted.`,
    { actual },
  )
}
