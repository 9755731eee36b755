import type { Meter } from '@opentelemetry/api'
import { readProjections } from '@pet/ledger/projection-status'
import type { RunningProjections } from '@pet/ledger/projections'
import type { Pool } from 'pg'

export interface Observed {
  pool: Pool
  /** Those that run on this node. */
  projections: Pick<RunningProjections, 'states'>
}

/** How far the read models have followed the log, as the database has it: the same on every node but `node_state`. */
export function observeProjections(meter: Meter, { pool, projections }: Observed): void {
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`pet_${name}`, { description })

  const head = gauge('log_position', 'The last position of the log')
  const position = gauge('projection_position', 'The last position that it has taken in')
  const lag = gauge('projection_lag_events', 'Events that it has not taken in yet')
  const lagSeconds = gauge('projection_lag_seconds', 'The age of the oldest of those events')
  const stopped = gauge(
    'projection_stopped',
    '1 when it has stopped at an event that it fails on, and takes in nothing more',
  )
  const rebuilt = gauge(
    'projection_rebuild_position',
    'The position up to which it is rebuilt beside the model that is read; missing when it is not',
  )
  const nodeState = gauge('projection_node_state', 'In which state it is on this node')

  meter.addBatchObservableCallback(
    async (observe) => {
      for (const status of await readProjections(pool)) {
        const labels = { projection: status.name, kind: status.kind }
        observe.observe(head, status.head)
        observe.observe(position, status.position, labels)
        observe.observe(lag, status.lag, labels)
        observe.observe(lagSeconds, status.lagMs / 1_000, labels)
        observe.observe(stopped, status.state === 'stopped' ? 1 : 0, labels)
        if (status.rebuild) observe.observe(rebuilt, status.rebuild.position, labels)
      }
      for (const [projection, { state }] of Object.entries(projections.states())) {
        observe.observe(nodeState, 1, { projection, state })
      }
    },
    [head, position, lag, lagSeconds, stopped, rebuilt, nodeState],
  )
}
