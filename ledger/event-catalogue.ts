import * as z from 'zod'
import { LedgerError } from './ledger-error.ts'

export interface EventDefinition {
  /** The version of the schema, from 1; a changed shape is a new one. */
  schemaVersion: number
  schema: z.ZodType
}

/** The types of event that a ledger accepts. */
export type EventCatalogue = Readonly<Record<string, EventDefinition>>

/** The events of a catalogue: `{ type, data }`, discriminated by their type. */
export type EventOf<Catalogue extends EventCatalogue> = {
  [Type in keyof Catalogue & string]: { type: Type; data: z.infer<Catalogue[Type]['schema']> }
}[keyof Catalogue & string]

/**
 * Declares the events of a business, so that the ledger refuses any other:
 * `defineEvents({ QuoteSent: { schemaVersion: 1, schema: z.strictObject({ … }) } })`.
 */
export function defineEvents<const Catalogue extends EventCatalogue>(
  catalogue: Catalogue,
): Catalogue {
  return catalogue
}

/**
 * The event with its data as the schema gives them.
 *
 * @throws LedgerError 'unknown-event-type' or 'invalid-event-data'.
 */
export function parseEvent(
  catalogue: EventCatalogue,
  event: { type: string; schemaVersion?: number | undefined; data: unknown },
): { schemaVersion: number; data: unknown } {
  const { type } = event
  const definition = Object.hasOwn(catalogue, type) ? catalogue[type] : undefined
  if (!definition) {
    const known = Object.keys(catalogue).join(', ')
    throw new LedgerError(
      'unknown-event-type',
      `The catalogue of events has no type "${type}"; expected one of ${known}.`,
    )
  }
  const { schemaVersion } = definition
  if (event.schemaVersion !== undefined && event.schemaVersion !== schemaVersion) {
    throw new LedgerError(
      'invalid-event-data',
      `${type} is written with schema version ${schemaVersion}, not ${event.schemaVersion}.`,
    )
  }
  const { data, error } = definition.schema.safeParse(event.data)
  if (!error) return { schemaVersion, data }
  throw new LedgerError(
    'invalid-event-data',
    `The data of ${type} do not match its schema.\n${z.prettifyError(error)}`,
  )
}
