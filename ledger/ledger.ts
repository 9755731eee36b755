import type { Pool } from 'pg'
import { prepare, type Writer } from './append.ts'
import { callAppend, type PreparedCommand } from './append-call.ts'
import { closeable } from './closeable.ts'
import type { Command, Outcome } from './command.ts'
import type { EventCatalogue } from './event-catalogue.ts'
import { readOn, subscribe, type ReadOnOptions, type SubscribeOptions } from './follow.ts'
import { readState, type Fold, type Folded } from './fold.ts'
import { groupCommit } from './group-commit.ts'
import { isPassing, isTimeout } from './passing-error.ts'
import { createPersonKeys } from './person-keys.ts'
import {
  readCommand,
  readHead,
  readLog,
  readStream,
  type ReadLogOptions,
  type ReadStreamOptions,
} from './read.ts'
import type { RecordedEvent } from './recorded-event.ts'

export type { AppendedEvent, Command, Expected, NewEvent, Outcome } from './command.ts'
export type { Fold, Folded } from './fold.ts'
export type { Json } from './json.ts'
export type { RecordedEvent } from './recorded-event.ts'

export interface Ledger extends AsyncDisposable {
  /**
   * Appends a command as a whole or not at all. A lost connection leaves it open which: send the
   * same command again, and its id sees to it that it counts once.
   *
   * @param options.signal gives up waiting; a command that was sent already is still awaited.
   * @throws LedgerError when the command is not one that the ledger takes, or that it can't take now
   * ('overloaded', 'timed-out', 'closed'): nothing was written then.
   */
  append(command: Command, options?: { signal?: AbortSignal }): Promise<Outcome>
  /** In the order of the versions, or backward; none when there is no such stream. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<RecordedEvent[]>
  /**
   * The state that a stream is folded into, as of now. With `fold.snapshot`, states are kept in the
   * database and gone on from; one that does not hold, for whatever reason, is thrown away and made
   * anew from the events, and one that can't be kept is only warned of.
   *
   * @throws LedgerError 'invalid-state' when one is to be kept and is not JSON.
   */
  readState<State>(stream: string, fold: Fold<State>): Promise<Folded<State>>
  /** In the order of the positions. */
  readLog(options?: ReadLogOptions): Promise<RecordedEvent[]>
  /**
   * Every event from a position up to the head as of now, in the order of the positions. Events are
   * read a page at a time, when whoever iterates asks for more.
   */
  log(options?: ReadOnOptions): AsyncIterable<RecordedEvent>
  /**
   * Every event from a position on, and then each one as it is appended, by whatever node. Ends
   * when `signal` aborts. A lost connection or a restart of the server is waited for: each event
   * still comes once, in order. To go on later, keep the last position and pass it as `after`.
   * Keeps one connection of the pool to listen on.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<RecordedEvent>
  /** The events of the command that was appended with this id, now or ever; none when there was none. */
  readCommand(commandId: string): Promise<RecordedEvent[]>
  /** The last position (0: none) and the hash over everything up to it, in hexadecimal. */
  head(): Promise<{ position: number; hash: string }>
  /**
   * Destroys the person's key: what was recorded encrypted under it reads back as null from now on
   * here, and within ten seconds on every other node. It can't be undone, nor the id used again.
   */
  erasePerson(person: string): Promise<void>
  /** Takes nothing more ('closed') and resolves when what it took has its outcome. Reading goes on as long as the pool. */
  close(): Promise<void>
}

export interface LedgerOptions {
  /** Connections of the role `pet`, to a database with the migrations of `@pet/ledger/migrations`. */
  pool: Pool
  /** The events that the ledger takes, and how older shapes of them read now. @default any */
  events?: EventCatalogue
  /** How long a command may wait to be sent. @default 30_000 */
  appendTimeoutMs?: number
}

/** The log as a program uses it. Commands appended at the same time travel together. */
export function createLedger({ pool, events, appendTimeoutMs }: LedgerOptions): Ledger {
  const keys = createPersonKeys()
  const writer: Writer = { pool, events, keys }
  const submit = groupCommit<PreparedCommand, Outcome>({
    send: (commands) => callAppend(pool, commands),
    sizeOf: ({ characters }) => characters,
    touchedBy: ({ commandId, streams, reads }) => ({
      writes: [`command ${commandId}`, ...streams.map(({ stream }) => `stream ${stream}`)],
      reads: reads.map(({ stream }) => `stream ${stream}`),
    }),
    mayBeOfOneItem: (error) => !isPassing(error) && !isTimeout(error),
    ...(appendTimeoutMs !== undefined && { waitAtMostMs: appendTimeoutMs }),
  })
  const reader = { database: pool, keys, events }
  const read: Ledger['readLog'] = (options = {}) =>
    readLog({ ...reader, database: options.client ?? pool }, options)
  const head: Ledger['head'] = () => readHead(pool)
  const writing = closeable()
  return {
    append: (command, { signal } = {}) =>
      writing.run(async () => {
        signal?.throwIfAborted()
        return submit(await prepare(writer, command), signal)
      }),
    close: () => writing.close(),
    [Symbol.asyncDispose]: () => writing.close(),
    readStream: (stream, options = {}) => readStream(reader, stream, options),
    readState: (stream, fold) => readState(reader, stream, fold),
    readLog: read,
    log: (options = {}) => readOn({ readLog: read, head }, options),
    subscribe: (options) => subscribe({ readLog: read, head, pool }, options),
    readCommand: (commandId) => readCommand(reader, commandId),
    head,
    erasePerson: (person) =>
      writing.run(async () => {
        await pool.query('select ledger.erase_person($1)', [person])
        keys.forget(person)
      }),
  }
}
