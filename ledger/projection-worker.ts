import { inTransaction } from '@pet/postgres/transaction'
import type { Pool, PoolClient } from 'pg'
import { createDoorbell } from './doorbell.ts'
import type { Ledger } from './ledger.ts'
import { isPassing } from './passing-error.ts'
import {
  claim,
  holdCheckpoint,
  moveCheckpoint,
  readLive,
  versionOf,
} from './projection-checkpoint.ts'
import { advance, boundSilence, workIn } from './projection.ts'
import type { Projection, ProjectionAlarm, ProjectionState } from './projection.ts'
import { notRegistered, rebuildStep } from './rebuild-step.ts'

export interface ProjectionWorkerOptions {
  ledger: Ledger
  pool: Pool
  projection: Projection
  pollMs: number
  batchSize: number
  silenceAtMostMs: number
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
  const { ledger, pool, projection, pollMs, silenceAtMostMs, onAlarm, onProgress } = options
  const version = versionOf(projection)
  const bell = createDoorbell()
  let state: ProjectionState = { state: 'running' }
  let over = false
  let batchSize = options.batchSize
  let checkpoint = 0
  let failures = 0
  const done = run()

  async function run(): Promise<void> {
    while (!over) {
      try {
        const next = await inTransaction(pool, step)
        failures = 0
        batchSize = Math.min(2 * batchSize, options.batchSize)
        enter(next.state)
        if (next.state.state === 'superseded') return
        if (next.idle) await bell.wait(pollMs)
      } catch (error) {
        const isLast = batchSize === 1
        batchSize = Math.ceil(batchSize / 2) // closes in on the event, or on what gets done in time
        if (isPassing(error)) await waitToRetry(error)
        else if (isLast) return stopAt(checkpoint + 1, error)
      }
    }
  }

  async function step(client: PoolClient): Promise<{ state: ProjectionState; idle: boolean }> {
    await boundSilence(client, silenceAtMostMs)
    const live = await readLive(client, projection)
    if (live.version > version) return { state: { state: 'superseded' }, idle: true }
    if (projection.kind === 'reaction' || live.version === version) return follow(client)

    const rebuilt = await rebuildStep(client, {
      ...{ ledger, projection, batchSize, again: false },
      holdLive: (client) => holdCheckpoint(client, projection.name),
      onBuild: (position) => (checkpoint = position),
    })
    if (rebuilt.step === 'elsewhere') return { state: { state: 'running' }, idle: true }
    const { position } = rebuilt
    if (rebuilt.step === 'built') {
      return { state: { state: 'rebuilding', position, head: rebuilt.head }, idle: false }
    }
    await moveCheckpoint(client, { name: projection.name, version, position })
    return { state: { state: 'running' }, idle: false }
  }

  /** Handles the next events; idle when there are none, or when another node is at work. */
  async function follow(client: PoolClient): Promise<{ state: ProjectionState; idle: boolean }> {
    const running: ProjectionState = { state: 'running' }
    const claimed = await claim(client, { name: projection.name, version })
    if (!claimed) return { state: running, idle: true }
    checkpoint = claimed.checkpoint
    const through = Math.min(claimed.head, checkpoint + batchSize)
    if (through <= checkpoint) return { state: running, idle: true }
    if (claimed.schema !== null) await workIn(client, claimed.schema)
    else if (projection.kind !== 'reaction') throw new Error(notRegistered(projection.name))
    await advance(client, { ledger, projection, after: checkpoint, through })
    await moveCheckpoint(client, { name: projection.name, version, position: through })
    return { state: running, idle: false }
  }

  async function waitToRetry(error: unknown): Promise<void> {
    failures += 1
    enter({ state: 'retrying', problem: messageOf(error) })
    await bell.wait(Math.min(100 * 2 ** failures, retryAtMostMs))
  }

  async function stopAt(position: number, error: unknown): Promise<void> {
    const problem = `At position ${position}: ${messageOf(error)}`
    // The alarm counts; that the status gets into the database does not depend on it. Where another
    // node has got past the event since, it has not stopped, and it would be said so for good.
    await pool
      .query(
        `update ledger.projection set problem = $2, stopped_at = now()
         where name = $1 and (version < $3 or checkpoint < $4)`,
        [projection.name, problem, version, position],
      )
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
