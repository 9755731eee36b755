import { createHash } from 'node:crypto'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress, createZstdDecompress } from 'node:zlib'
import { broken } from './backup-file.ts'

/**
 * Ends every packed backup: a frame that zstd skips (RFC 8878, 3.1.2), with the SHA-256 of everything
 * before it. Without it some truncations would pass, as Node's decompressor does not always notice
 * that the last bytes are missing; and some changed bits, of which what is unpacked does not depend.
 */
const sealStart = Buffer.concat([
  Buffer.from([0x50, 0x2a, 0x4d, 0x18, 40, 0, 0, 0]), // magic number, length of what follows
  Buffer.from('pet-end\n'),
])
const sealLength = sealStart.length + 32

/** Packs what a backup is made of into a file. */
export async function pack(bytes: AsyncIterable<Buffer>, target: Writable): Promise<void> {
  await pipeline(bytes, createZstdCompress(), withSeal, target)
}

/**
 * Hands what was packed to `read`.
 *
 * @throws LedgerError 'broken-backup' when the file was cut off, is damaged or something else.
 */
export async function unpack<Result>(
  file: Readable,
  read: (bytes: AsyncIterable<Buffer>) => Promise<Result>,
): Promise<Result> {
  const unpacked = createZstdDecompress()
  const feeding = pipeline(file, withoutSeal, unpacked).catch(() => {}) // who reads `unpacked` gets it too
  try {
    return await read(unpacked)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (/^(Z_|ZSTD_)/.test(code)) throw broken('it is damaged', error)
    throw error
  } finally {
    unpacked.destroy()
    await feeding
  }
}

async function* withSeal(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const sum = createHash('sha256')
  for await (const chunk of chunks) {
    sum.update(chunk)
    yield chunk
  }
  yield Buffer.concat([sealStart, sum.digest()])
}

async function* withoutSeal(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const sum = createHash('sha256')
  let held: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    held = Buffer.concat([held, chunk])
    const ready = held.subarray(0, -sealLength)
    sum.update(ready)
    if (ready.length > 0) yield ready
    held = held.subarray(-sealLength)
  }
  if (!held.subarray(0, sealStart.length).equals(sealStart)) {
    throw broken('it was cut off, or is something else')
  }
  if (!held.subarray(sealStart.length).equals(sum.digest())) throw broken('it is damaged')
}
