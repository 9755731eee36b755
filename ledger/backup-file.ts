import { createHash } from 'node:crypto'
import * as z from 'zod'
import { LedgerError } from './ledger-error.ts'

/**
 * A backup is one stream, packed by zstd (backup-packing.ts): a header, a line of JSON; for each table a line of JSON
 * and its rows in PostgreSQL's text format (COPY), ended by `\.`; and at last a line of JSON with the
 * SHA-256 of everything before it.
 */
export type BackupHeader = z.infer<typeof headerSchema>
export type BackupTable = z.infer<typeof tableSchema>

const position = z.int().min(0)

const headerSchema = z.strictObject({
  format: z.literal('pet-backup-1'),
  /** When the snapshot was taken, ISO 8601 in UTC. */
  at: z.iso.datetime(),
  /** The version of PostgreSQL that it was taken from. */
  server: z.string(),
  /** The log's end, and the first position that did not hold then; null when all did. */
  head: z.strictObject({ position, hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  firstBroken: position.nullable(),
  migrations: z.array(z.strictObject({ set: z.string(), file: z.string(), checksum: z.string() })),
  sequences: z.array(z.strictObject({ name: z.string(), value: z.string(), called: z.boolean() })),
})

/** A table as `schema.name`, and the columns of its rows in their order. */
const tableSchema = z.strictObject({ table: z.string(), columns: z.array(z.string()).min(1) })
const endSchema = z.strictObject({ end: z.literal('pet-backup-1'), sha256: z.string() })

export type BackupPart = BackupTable & { rows: AsyncIterable<Buffer> }

/** The bytes of a backup before they are packed. */
export async function* backupBytes(
  header: BackupHeader,
  parts: Iterable<BackupPart>,
): AsyncGenerator<Buffer> {
  const sum = createHash('sha256')
  const summed = (bytes: Buffer): Buffer => {
    sum.update(bytes)
    return bytes
  }
  yield summed(jsonLine(header))
  for (const { table, columns, rows } of parts) {
    yield summed(jsonLine({ table, columns }))
    for await (const chunk of rows) yield summed(chunk)
    yield summed(Buffer.from(endOfRows))
  }
  yield jsonLine({ end: header.format, sha256: sum.digest('hex') })
}

/** What is done with the parts of a backup while it is read. */
export interface BackupVisitor {
  header?(header: BackupHeader): Promise<void>
  /** Takes all of the part's rows, in whole lines. */
  part?(part: BackupPart): Promise<void>
}

/**
 * Reads a backup that was unpacked already, and returns its header.
 *
 * @throws LedgerError 'broken-backup' when it is not one, not all of it or was changed. That shows
 * only at its end: until then nothing that the visitor got may be taken for good.
 */
export async function readBackup(
  bytes: AsyncIterable<Buffer>,
  visitor: BackupVisitor = {},
): Promise<BackupHeader> {
  const source = lineSource(bytes)
  const header = headerSchema.safeParse(parseLine(await source.line())).data
  if (!header) throw broken('it is not a backup that this PET can read')
  await visitor.header?.(header)
  for (;;) {
    const sum = source.sum()
    const line = parseLine(await source.line())
    const end = endSchema.safeParse(line).data
    if (end) {
      if (end.sha256 !== sum) throw broken('its content is not what its hash says: it was changed')
      if (await source.hasMore()) throw broken('something follows after its end')
      return header
    }
    const part = tableSchema.safeParse(line).data
    if (!part) throw broken('a part of it is not as it was written: it was changed')
    const rows = source.rows()
    await visitor.part?.({ ...part, rows })
    for await (const _rest of rows); // what the visitor left is read past
  }
}

const endOfRows = '\\.\n' // in COPY's text format no row can look like this
const newline = 0x0a
const longestLineBytes = 100_000_000

function lineSource(bytes: AsyncIterable<Buffer>) {
  const chunks = bytes[Symbol.asyncIterator]()
  const sum = createHash('sha256')
  let held: Buffer = Buffer.alloc(0)

  async function more(): Promise<boolean> {
    if (held.length > longestLineBytes) throw broken('a line of it is too long: it was changed')
    const next = await chunks.next()
    if (next.done) return false
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value])
    return true
  }

  function take(length: number): Buffer {
    const taken = held.subarray(0, length)
    held = held.subarray(length)
    sum.update(taken)
    return taken
  }

  return {
    sum: () => sum.copy().digest('hex'),
    async hasMore(): Promise<boolean> {
      while (held.length === 0) if (!(await more())) return false
      return true
    },
    async line(): Promise<string> {
      while (!held.includes(newline)) if (!(await more())) throw cutOff()
      return take(held.indexOf(newline) + 1).toString()
    },
    async *rows(): AsyncGenerator<Buffer> {
      for (;;) {
        while (!held.includes(newline)) if (!(await more())) throw cutOff()
        const atStart = held.subarray(0, endOfRows.length).equals(Buffer.from(endOfRows))
        const before = atStart ? 0 : held.indexOf(`\n${endOfRows}`) + 1
        if (atStart || before > 0) {
          const rest = take(before)
          take(endOfRows.length)
          if (rest.length > 0) yield rest
          return
        }
        yield take(held.lastIndexOf(newline) + 1)
      }
    },
  }
}

function jsonLine(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function cutOff(): LedgerError {
  return broken('it was cut off')
}

export function broken(reason: string, cause?: unknown): LedgerError {
  return new LedgerError('broken-backup', `This backup can't be used: ${reason}.`, { cause })
}
