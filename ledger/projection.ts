import type { PoolClient } from 'pg'
import type { RecordedEvent } from './recorded-event.ts'

export interface Projection {
  name: string
  /** Raise it when `handle` or its tables change: the projection starts again from the first event. */
  version: number
  /**
   * Takes the next events, in order, and writes what follows from them through `client`, in the
   * transaction that also moves the checkpoint: so each event counts once. An error stops the
   * projection at that event; none is ever skipped.
   */
  handle: (client: PoolClient, events: RecordedEvent[]) => Promise<void>
  /** Empties the projection's tables before it starts again. @default nothing */
  reset?: (client: PoolClient) => Promise<void>
}

export type ProjectionState =
  | { state: 'running' }
  | { state: 'retrying'; problem: string }
  | { state: 'stopped'; position: number; problem: string }
  /** A node with a newer version of the projection has taken over. */
  | { state: 'superseded' }

export interface ProjectionAlarm {
  projection: string
  /** The event that `handle` failed on. */
  position: number
  error: unknown
}
