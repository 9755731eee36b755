import { inTransaction } from '@pet/postgres/transaction'
import type { Pool, PoolClient } from 'pg'
import type { Ledger } from './ledger.ts'
import { holdCheckpoint, moveCheckpoint, readLive } from './projection-checkpoint.ts'
import { advance, boundSilence, defaultBatchSize, workIn, type Projection } from './projection.ts'
import { beginRebuild, differences, rebuildStep, type SwappedTable } from './rebuild-step.ts'

export interface RebuildOptions {
  ledger: Ledger
  /** Of the log's owner for an inline projection; of the application for another. */
  pool: Pool
  /** A projection that catches up, or the name of an inline one. */
  projection: Exclude<Projection, { kind: 'reaction' }> | { kind: 'inline'; name: string }
  /** Events per transaction. @default 500, for those in SQL 50_000 */
  batchSize?: number
  onProgress?: (position: number, head: number) => void
  /** Leaves the rebuild where it is; the next one goes on from there. */
  signal?: AbortSignal
}

export interface Rebuilt {
  /** The model stands for the log up to here. */
  position: number
  /** Where the live tables differed from what follows from the log, and were made equal to it. */
  tables: SwappedTable[]
}

/**
 * Builds a model again from the first event, in copies beside the live tables, compares the two and
 * makes the live ones equal, in one transaction. A rebuild that was interrupted goes on where it was.
 *
 * @throws Error when somebody else rebuilds it at the moment, or a newer version of it is live or begun.
 */
export async function rebuildProjection(options: RebuildOptions): Promise<Rebuilt> {
  const { ledger, pool, onProgress, signal } = options
  const inline = options.projection.kind === 'inline'
  const projection =
    options.projection.kind === 'inline'
      ? await inlineProjection(pool, options.projection.name)
      : options.projection
  const batchSize = options.batchSize ?? defaultBatchSize(projection)
  for (;;) {
    signal?.throwIfAborted()
    if (inline) {
      const equal = await equalWithoutWaiting(pool, { ledger, projection, batchSize })
      if (equal) return equal
    }
    const step = await inTransaction(pool, async (client) => {
      await boundSilence(client, silenceAtMostMs)
      if (!inline) await refuseOlder(client, projection)
      const next = await rebuildStep(client, {
        ...{ ledger, projection, batchSize, again: true },
        holdLive: inline ? holdLog : (holder) => holdCheckpoint(holder, projection.name),
      })
      if (next.step === 'swapped' && !inline) {
        await moveCheckpoint(client, { ...projection, position: next.position })
      }
      return next
    })
    if (step.step === 'swapped') return { position: step.position, tables: step.tables }
    if (step.step === 'elsewhere') {
      throw new Error(
        `${projection.name} is being rebuilt by somebody else at the moment, or was begun to be by a newer version`,
      )
    }
    onProgress?.(step.position, step.head)
  }
}

/** Appends may be waiting for it, and give up after ten seconds. */
const silenceAtMostMs = 5_000

type Work = { ledger: Ledger; projection: SetBased; batchSize: number }
type SetBased = Exclude<Projection, { kind: 'reaction' }>

/**
 * An inline model is up to date in every snapshot, so when the copies are nearly there, both can be
 * compared at the head of one snapshot while appends go on. Where they are equal nothing is left to
 * do, and no append has to wait for it.
 */
async function equalWithoutWaiting(pool: Pool, work: Work): Promise<Rebuilt | undefined> {
  const { ledger, projection, batchSize } = work
  return inTransaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read')
    await client.query(`set local statement_timeout = '10min'`)
    await boundSilence(client, silenceAtMostMs)
    const begun = await beginRebuild(client, projection, true)
    if (!begun || begun.position + batchSize < begun.head) return undefined
    await workIn(client, begun.copies)
    if (begun.position < begun.head) {
      await advance(client, { ledger, projection, after: begun.position, through: begun.head })
    }
    const tables = await differences(client, 'ledger.compare_rebuild', projection.name)
    if (tables.some(({ removed, added }) => removed + added > 0)) {
      await client.query('select ledger.note_rebuilt($1, $2)', [projection.name, begun.head])
      return undefined
    }
    await client.query('select ledger.drop_copies($1, $2)', [projection.name, begun.copies])
    return { position: begun.head, tables }
  })
}

async function inlineProjection(pool: Pool, name: string): Promise<SetBased> {
  const { rows } = await pool.query<{ function: string }>(
    'select function from ledger.inline_projection where name = $1',
    [name],
  )
  const inline = rows[0]
  if (!inline) throw new Error(`There is no inline projection "${name}"`)
  return { kind: 'set-based', name, version: 1, statement: `select ${inline.function}($1, $2)` }
}

/** Appends wait from here to the end of the transaction; the inline models stay where they are. */
async function holdLog(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ position: string }>(
    'select position from ledger.head for update',
  )
  return Number(rows[0]?.position)
}

async function refuseOlder(client: PoolClient, projection: SetBased): Promise<void> {
  const { version } = await readLive(client, projection)
  if (version <= projection.version) return
  throw new Error(
    `${projection.name} is live in version ${version}; this program has version ${projection.version}`,
  )
}
