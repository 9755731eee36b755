import * as z from 'zod'
import { isStorableText, type Json } from './json.ts'
import { LedgerError } from './ledger-error.ts'

/** The version that a stream must have: exactly this one, none (it is new), any, or that it exists. */
export type Expected = number | 'none' | 'any' | 'exists'

export interface NewEvent {
  type: string
  /** @default the version that the catalogue has for the type, else 1 */
  schemaVersion?: number
  data: Json
  /** ISO 8601 with an offset, kept to the millisecond. @default now */
  occurredAt?: string
}

/** Appended as a whole or not at all. At most 10 000 events. */
export interface Command {
  /** Kept for good: a command with the id of an appended one changes nothing and returns the first outcome. */
  commandId: string
  actor: string
  correlation?: string
  causation?: string
  /** Opaque to the ledger; it is hashed with each event. */
  context?: Json
  streams: { stream: string; expected: Expected; events: NewEvent[] }[]
  /** Streams that the command was decided on without writing to them, and their versions (0: none). */
  reads?: { stream: string; version: number }[]
}

export interface AppendedEvent {
  position: number
  stream: string
  version: number
  id: string
}

export type Outcome =
  | { outcome: 'appended' | 'duplicate'; events: AppendedEvent[] }
  | { outcome: 'conflict'; stream: string; expected: Expected; actual: number }

const maximumEvents = 10_000

const text = z
  .string()
  .min(1)
  .max(500)
  .refine(isStorableText, 'holds a lone surrogate or the NUL character')
const version = z.int().min(0)

const commandSchema = z
  .strictObject({
    commandId: text,
    actor: text,
    correlation: text.optional(),
    causation: text.optional(),
    context: z.unknown().optional(),
    streams: z
      .array(
        z.strictObject({
          stream: text,
          expected: z.union([version, z.enum(['none', 'any', 'exists'])]),
          events: z
            .array(
              z.strictObject({
                type: text,
                schemaVersion: z.int().min(1).optional(),
                data: z.unknown(), // checked on its own, with the catalogue
                occurredAt: z.iso.datetime({ offset: true }).optional(),
              }),
            )
            .min(1),
        }),
      )
      .min(1),
    reads: z.array(z.strictObject({ stream: text, version })).optional(),
  })
  .refine(
    ({ streams }) => new Set(streams.map(({ stream }) => stream)).size === streams.length,
    'names a stream twice; put its events under one',
  )
  .refine(
    ({ streams }) => streams.reduce((sum, { events }) => sum + events.length, 0) <= maximumEvents,
    `has more than ${maximumEvents} events`,
  )

/** @throws LedgerError 'invalid-command', naming each field that is wrong. */
export function checkCommand(command: Command): void {
  const { error } = commandSchema.safeParse(command)
  if (!error) return
  throw new LedgerError('invalid-command', `The command is invalid.\n${z.prettifyError(error)}`)
}
