import { inTransaction } from '@pet/postgres/transaction'
import type { Pool, PoolClient } from 'pg'
import { createDoorbell } from './doorbell.ts'
import type { Ledger } from './ledger.ts'
import { isPassing } from './passing-error.ts'
import type { Projection, ProjectionAlarm, ProjectionState } from './projection.ts'

export interface ProjectionWorkerOptions {
  ledger: Ledger
  pool: Pool
  projection: Projection
  pollMs: number
  batchSize: number
  onAlarm: (alarm: ProjectionAlarm) => void
  /** Called after each batch and each change of state. */
  onProgress: () => void
}

export interface ProjectionWorker {
  state(): ProjectionState
  /** Something was appended. */
  wake(): void
  stop(): Promise<void>
}

const retryAtMostMs = 5_000

/** Runs one projection until it is stopped, by its owner or by an event that it can't handle. */
export function startProjectionWorker(options: ProjectionWorkerOptions): ProjectionWorker {
  const { pool, projection, pollMs, onAlarm, onProgress } = options
  const bell = createDoorbell()
  let state: ProjectionState = { state: 'running' }
  let over = false
  let checkpoint = 0
  let oneByOneUpTo = 0 // a batch failed: up to here, events are tried singly to find the one
  let failures = 0
  const done = run()

  async function run(): Promise<void> {
    while (!over) {
      const batchSize = checkpoint < oneByOneUpTo ? 1 : options.batchSize
      try {
        const handled = await inTransaction(pool, (client) => advance(client, batchSize))
        failures = 0
        if (handled === 'superseded') return enter({ state: 'superseded' })
        enter({ state: 'running' })
        if (handled === 0) await bell.wait(pollMs)
      } catch (error) {
        if (isPassing(error)) await waitToRetry(error)
        else if (batchSize > 1) oneByOneUpTo = checkpoint + batchSize
        else return stopAt(checkpoint + 1, error)
      }
    }
  }

  /** Handles the next events and returns how many; none when caught up, or when another node is at work. */
  async function advance(client: PoolClient, limit: number): Promise<number | 'superseded'> {
    const claimed = await claim(client, projection)
    if (claimed === 'elsewhere') return 0
    if (claimed === 'superseded') return 'superseded'
    checkpoint = claimed
    const events = await options.ledger.readLog({ after: checkpoint, limit, client })
    const last = events.at(-1)
    if (!last) return 0
    await projection.handle(client, events)
    await client.query(
      `update ledger.projection set checkpoint = $2, problem = null, stopped_at = null
       where name = $1`,
      [projection.name, last.position],
    )
    return events.length
  }

  async function waitToRetry(error: unknown): Promise<void> {
    failures += 1
    enter({ state: 'retrying', problem: messageOf(error) })
    await bell.wait(Math.min(100 * 2 ** failures, retryAtMostMs))
  }

  async function stopAt(position: number, error: unknown): Promise<void> {
    const problem = `At position ${position}: ${messageOf(error)}`
    // The alarm counts; that the status gets into the database does not depend on it.
    await pool
      .query('update ledger.projection set problem = $2, stopped_at = now() where name = $1', [
        projection.name,
        problem,
      ])
      .catch(() => {})
    enter({ state: 'stopped', position, problem })
    onAlarm({ projection: projection.name, position, error })
  }

  function enter(next: ProjectionState): void {
    state = next
    onProgress()
  }

  return {
    state: () => state,
    wake: () => bell.ring(),
    async stop() {
      over = true
      bell.ring()
      await done
    },
  }
}

/**
 * Locks the projection's row for the transaction, so that one node works on it at a time, and
 * returns its checkpoint; takes it back to the start when its version has been raised.
 */
async function claim(
  client: PoolClient,
  { name, version, reset }: Projection,
): Promise<number | 'elsewhere' | 'superseded'> {
  await client.query(
    `insert into ledger.projection (name, version)
     select $1, $2 where not exists (select from ledger.projection where name = $1)
     on conflict do nothing`,
    [name, version],
  )
  const { rows } = await client.query<{ version: number; checkpoint: string }>(
    'select version, checkpoint from ledger.projection where name = $1 for update skip locked',
    [name],
  )
  const row = rows[0]
  if (!row) return 'elsewhere'
  if (row.version > version) return 'superseded'
  if (row.version === version) return Number(row.checkpoint)
  await reset?.(client)
  await client.query('update ledger.projection set version = $2, checkpoint = 0 where name = $1', [
    name,
    version,
  ])
  return 0
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
