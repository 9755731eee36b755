import type { Pool } from 'pg'
import { createDoorbell } from './doorbell.ts'
import type { Ledger } from './ledger.ts'
import { listenToLog } from './log-listener.ts'
import { versionOf } from './projection-checkpoint.ts'
import { startProjectionWorker } from './projection-worker.ts'
import { defaultBatchSize } from './projection.ts'
import type { Projection, ProjectionAlarm, ProjectionState } from './projection.ts'

export type { Projection, ProjectionAlarm, ProjectionState } from './projection.ts'

export interface ProjectionsOptions {
  ledger: Ledger
  /** Lends a connection to each projection at work, and one to listen on. */
  pool: Pool
  projections: Projection[]
  /** Called when a projection stops at an event that it can't handle. @default a process warning */
  onAlarm?: (alarm: ProjectionAlarm) => void
  /** How often to look for events that no notification told of. @default 1_000 */
  pollMs?: number
  /** Events per transaction. @default 500, for those in SQL 50_000 */
  batchSize?: number
  /**
   * How long a node may say nothing to the database in the middle of a batch, because it hangs or
   * waits for somebody else, before its transaction is rolled back and another node takes over.
   * @default 30_000
   */
  silenceAtMostMs?: number
}

export interface RunningProjections extends AsyncDisposable {
  /**
   * Waits until every projection has caught up with the head as of now, on whatever node.
   *
   * @throws Error when one is stopped, or after `patienceMs`. @default 30_000
   */
  settled(patienceMs?: number): Promise<void>
  /** How each projection fares on this node, by name. */
  states(): Record<string, ProjectionState>
}

type Of<Kind extends Projection['kind']> = Omit<Extract<Projection, { kind: Kind }>, 'kind'>

/** A read model that follows the log in transactions of its own, written event by event. */
export function catchUp(projection: Of<'per-event'>) {
  return { kind: 'per-event' as const, ...projection }
}

/** A read model that follows the log by one SQL statement over many events at once. */
export function catchUpInSql(projection: Of<'set-based'>) {
  return { kind: 'set-based' as const, ...projection }
}

/**
 * What is to happen after each event, such as a mail or a job. It begins with the first event after
 * it was first started, and there is no rebuilding it: it never runs on a replay. What it writes
 * through `client` counts once. What it does elsewhere is done again when its node dies, or hangs,
 * before the commit: let it write a job, under an id that follows from the event, for that.
 */
export function react(reaction: Of<'reaction'>) {
  return { kind: 'reaction' as const, ...reaction }
}

/** Keeps projections caught up with the log until disposed. Any number of nodes may do so at once. */
export function startProjections(options: ProjectionsOptions): RunningProjections {
  const { ledger, pool, projections, onAlarm = warn } = options
  const { pollMs = 1_000, silenceAtMostMs = 30_000 } = options
  const progress = createDoorbell()
  const workers = projections.map((projection) => ({
    name: projection.name,
    version: versionOf(projection),
    worker: startProjectionWorker({
      ...{ ledger, pool, projection, onAlarm, pollMs, silenceAtMostMs },
      batchSize: options.batchSize ?? defaultBatchSize(projection),
      onProgress: () => progress.ring(),
    }),
  }))
  const listener = listenToLog(pool, wakeAll)

  function wakeAll(): void {
    for (const { worker } of workers) worker.wake()
  }

  function refuseStopped(): void {
    for (const { name, worker } of workers) {
      const state = worker.state()
      if (state.state === 'stopped') throw new Error(`${name} has stopped. ${state.problem}`)
    }
  }

  async function behind(position: number): Promise<boolean> {
    const running = workers.filter(({ worker }) => worker.state().state !== 'superseded')
    const { rowCount } = await pool.query(
      `select from ledger.projection as live
       join unnest($1::text[], $2::integer[]) as ours (name, version) using (name)
       where live.version >= ours.version and live.checkpoint >= $3`,
      [running.map(({ name }) => name), running.map(({ version }) => version), position],
    )
    return rowCount !== running.length
  }

  return {
    async settled(patienceMs = 30_000) {
      const deadline = Date.now() + patienceMs
      const { position } = await ledger.head()
      wakeAll()
      while (await behind(position)) {
        refuseStopped()
        if (Date.now() > deadline) {
          throw new Error(`The projections have not reached ${position} within ${patienceMs} ms`)
        }
        await progress.wait(50)
      }
    },
    states: () => Object.fromEntries(workers.map(({ name, worker }) => [name, worker.state()])),
    async [Symbol.asyncDispose]() {
      await Promise.all([
        ...workers.map(({ worker }) => worker.stop()),
        listener[Symbol.asyncDispose](),
      ])
    },
  }
}

function warn({ projection, position, error }: ProjectionAlarm): void {
  const reason = error instanceof Error ? error.message : String(error)
  process.emitWarning(`The projection ${projection} stopped at position ${position}: ${reason}`)
}
