import type { Json } from './json.ts'

/** An event as it stands in the log. Times are ISO 8601 in UTC, to the millisecond. */
export interface RecordedEvent {
  /** Place in the log: 1, 2, 3, … without gaps, in the order of the commits. */
  position: number
  /** UUIDv7 */
  id: string
  stream: string
  /** Place in the stream: 1, 2, 3, … */
  version: number
  type: string
  /** Of `data` as they are given here: the newest that the catalogue of events has. */
  schemaVersion: number
  occurredAt: string
  recordedAt: string
  actor: string
  commandId: string
  correlation: string | null
  causation: string | null
  context: Json
  data: Json
}
