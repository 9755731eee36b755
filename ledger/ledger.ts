import type { Pool } from 'pg'
import { prepare, send, type Writer } from './append.ts'
import type { Command, Outcome } from './command.ts'
import type { EventCatalogue } from './event-catalogue.ts'
import { readOn, subscribe, type ReadOnOptions, type SubscribeOptions } from './follow.ts'
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
export type { Json } from './json.ts'
export type { RecordedEvent } from './recorded-event.ts'

export interface Ledger {
  /**
   * Appends a command as a whole or not at all. A lost connection leaves it open which: send the
   * same command again, and its id sees to it that it counts once.
   *
   * @param options.signal gives up waiting; a command that was sent already is still awaited.
   * @throws LedgerError when the command is not one that the ledger takes.
   */
  append(command: Command, options?: { signal?: AbortSignal }): Promise<Outcome>
  /** In the order of the versions, or backward; none when there is no such stream. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<RecordedEvent[]>
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
}

export interface LedgerOptions {
  /** Connections of the role `pet`, to a database with the migrations of `@pet/ledger/migrations`. */
  pool: Pool
  /** The events that the ledger takes, and how older shapes of them read now. @default any */
  events?: EventCatalogue
}

/** The log as a program uses it. Commands appended at the same time travel together. */
export function createLedger({ pool, events }: LedgerOptions): Ledger {
  const keys = createPersonKeys()
  const writer: Writer = { pool, events, keys }
  const append = groupCommit<string, Outcome>({
    send: (prepared) => send(pool, prepared),
    sizeOf: (prepared) => prepared.length,
    mayBeOfOneItem: (error) => !isPassing(error) && !isTimeout(error),
  })
  const read: Ledger['readLog'] = (options = {}) =>
    readLog({ database: options.client ?? pool, keys, events }, options)
  const head: Ledger['head'] = () => readHead(pool)
  return {
    async append(command, { signal } = {}) {
      signal?.throwIfAborted()
      return append(await prepare(writer, command), signal)
    },
    readStream: (stream, options = {}) =>
      readStream({ database: pool, keys, events }, stream, options),
    readLog: read,
    log: (options = {}) => readOn({ readLog: read, head }, options),
    subscribe: (options) => subscribe({ readLog: read, head, pool }, options),
    readCommand: (commandId) => readCommand({ database: pool, keys, events }, commandId),
    head,
    async erasePerson(person) {
      await pool.query('select ledger.erase_person($1)', [person])
      keys.forget(person)
    },
  }
}
