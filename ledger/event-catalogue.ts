import * as z from 'zod'
import type { Json } from './json.ts'
import { LedgerError } from './ledger-error.ts'

export interface EventDefinition {
  /** The version of the schema, from 1; a changed shape is a new one. */
  schemaVersion: number
  schema: z.ZodType
  /**
   * For each older version, what makes data of the next one of it: `{ 1: (data) => … }` where
   * `schemaVersion` is 2. What was written stays as it is; whoever reads gets the newest shape.
   */
  upcasters?: Readonly<Record<number, Upcaster>>
}

/** Depends on nothing but its argument. Personal values are given in the clear, null once erased. */
export type Upcaster = (data: Json) => Json

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
  for (const [type, { schemaVersion, upcasters = {} }] of Object.entries<EventDefinition>(
    catalogue,
  )) {
    const older = Array.from({ length: schemaVersion - 1 }, (_, index) => String(index + 1))
    if (Object.keys(upcasters).join() === older.join()) continue
    throw new Error(
      `${type} has schema version ${schemaVersion}: it needs an upcaster for each of the versions ${older.join(', ') || '(none)'}, not ${Object.keys(upcasters).join(', ') || 'none'}`,
    )
  }
  return catalogue
}

/**
 * Data as they were written, in the shape that the catalogue has now. A type that it does not have
 * is left as it is.
 *
 * @throws LedgerError 'newer-schema-version' for what a newer program has written.
 */
export function upcast(
  catalogue: EventCatalogue,
  { type, schemaVersion, data }: { type: string; schemaVersion: number; data: Json },
): { schemaVersion: number; data: Json } {
  const definition = Object.hasOwn(catalogue, type) ? catalogue[type] : undefined
  if (!definition) return { schemaVersion, data }
  if (schemaVersion > definition.schemaVersion) {
    throw new LedgerError(
      'newer-schema-version',
      `${type} was written with schema version ${schemaVersion}; this program knows version ${definition.schemaVersion}. Bring it up to date.`,
    )
  }
  let current = data
  for (let version = schemaVersion; version < definition.schemaVersion; version += 1) {
    const next = definition.upcasters?.[version]
    if (!next) throw new Error(`${type} has no upcaster for schema version ${version}`)
    current = next(current)
  }
  return { schemaVersion: definition.schemaVersion, data: current }
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
