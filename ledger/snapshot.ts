import { canonicalJson } from './canonical.ts'
import { NotJson, toJson, type Json } from './json.ts'
import { LedgerError } from './ledger-error.ts'
import type { Reader } from './read.ts'
import { checksumOf, sealState, unsealState, type SnapshotHeader } from './snapshot-seal.ts'

export interface SnapshotPolicy {
  /** What the states are: two folds with one name would take each other's for their own. */
  name: string
  /**
   * From 1. Raise it when `evolve`, an upcaster or the shape of the state changes: snapshots of any
   * other version are thrown away.
   */
  version: number
  /** How many events after the last snapshot the next one is kept. @default 500 */
  every?: number
}

export interface Kept {
  state: unknown
  /** Of the stream. */
  version: number
  /** Whose values may be in the state. */
  persons: Iterable<string>
}

/** More than this is read from the events each time. */
const mostCharacters = 8 * 1024 * 1024

/**
 * The snapshot of a stream. `broken` when there is one and it does not hold: it was changed, is of
 * another version of the fold or ahead of the stream, the event that it ends with is another one
 * now, or a person in it was erased.
 */
export async function findSnapshot(
  { database, keys }: Reader,
  stream: string,
  { name: fold, version: foldVersion }: SnapshotPolicy,
): Promise<Kept | 'none' | 'broken'> {
  const { rows } = await database.query<SnapshotRow>(
    `select kept.version, kept.fold_version, encode(kept.event_hash, 'hex') as kept_hash,
       kept.persons, kept.state, kept.checksum, encode(event.hash, 'hex') as event_hash
     from ledger.snapshot as kept
     left join ledger.event as event on event.stream = kept.stream and event.version = kept.version
     where kept.stream = $1 and kept.fold = $2`,
    [stream, fold],
  )
  const row = rows[0]
  if (!row) return 'none'
  const { persons, kept_hash: eventHash } = row
  const version = Number(row.version)
  const header = { stream, fold, foldVersion, version, eventHash, persons }
  const isBound = row.fold_version === foldVersion && eventHash === row.event_hash
  if (!isBound || !row.checksum.equals(checksumOf(header, row.state))) return 'broken'
  const keyOf = await keys.forReading(database, new Set(persons))
  const text = unsealState(row.state, header, keyOf)
  return text === undefined ? 'broken' : { state: JSON.parse(text), version, persons }
}

/**
 * Keeps a state, unless one of a later version of the stream is there, kept by somebody else
 * meanwhile, and not to be replaced. That it can't be kept is no reason for whoever reads to fail.
 *
 * @throws LedgerError 'invalid-state' when it is not JSON.
 */
export async function keepSnapshot(
  reader: Reader,
  stream: string,
  { name: fold, version: foldVersion }: SnapshotPolicy,
  { state, version, persons, replace }: Kept & { replace: boolean },
): Promise<void> {
  const text = canonicalJson(stateAsJson(state, fold))
  try {
    const eventHash = await hashOf(reader, stream, version)
    const header = {
      stream,
      fold,
      foldVersion,
      version,
      eventHash,
      persons: [...persons].toSorted(),
    }
    const keyOf = await reader.keys.forReading(reader.database, new Set(persons))
    const kept = sealState(text, header, keyOf)
    if (kept === undefined || kept.length > mostCharacters) {
      if (replace) await dropSnapshot(reader, stream, fold)
    } else await write(reader, header, { kept, replace })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    process.emitWarning(`The snapshot "${fold}" of ${stream} could not be kept: ${reason}`)
  }
}

export async function dropSnapshot(
  { database }: Reader,
  stream: string,
  fold: string,
): Promise<void> {
  await database.query('delete from ledger.snapshot where stream = $1 and fold = $2', [
    stream,
    fold,
  ])
}

async function write(
  { database }: Reader,
  header: SnapshotHeader,
  { kept, replace }: { kept: string; replace: boolean },
): Promise<void> {
  const { stream, fold, foldVersion, version, eventHash, persons } = header
  await database.query(
    `insert into ledger.snapshot as known
       (stream, fold, fold_version, version, event_hash, persons, state, checksum)
     values ($1, $2, $3, $4, decode($5, 'hex'), $6, $7, $8)
     on conflict (stream, fold) do update set fold_version = excluded.fold_version,
       version = excluded.version, event_hash = excluded.event_hash, persons = excluded.persons,
       state = excluded.state, checksum = excluded.checksum
     where $9 or known.version < excluded.version`,
    [
      ...[stream, fold, foldVersion, version, eventHash, persons, kept],
      ...[checksumOf(header, kept), replace],
    ],
  )
}

async function hashOf({ database }: Reader, stream: string, version: number): Promise<string> {
  const { rows } = await database.query<{ hash: string }>(
    `select encode(hash, 'hex') as hash from ledger.event where stream = $1 and version = $2`,
    [stream, version],
  )
  return rows[0]?.hash ?? ''
}

function stateAsJson(state: unknown, fold: string): Json {
  try {
    return toJson(state, 'state')
  } catch (cause) {
    if (!(cause instanceof NotJson)) throw cause
    const message = `The fold "${fold}" makes a state that can't be kept as a snapshot: ${cause.message}.`
    throw new LedgerError('invalid-state', message, { cause })
  }
}

type SnapshotRow = {
  version: string
  fold_version: number
  kept_hash: string
  persons: string[]
  state: string
  checksum: Buffer
  /** Of the event with that version as it is now; null when there is none. */
  event_hash: string | null
}
