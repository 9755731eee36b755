import { Readable, Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import { backupBytes, readBackup, type BackupHeader } from './backup-file.ts'
import { pack, unpack } from './backup-packing.ts'

const header: BackupHeader = {
  ...{ format: 'pet-backup-1', at: '2026-11-23T01:02:03.004Z', server: '18.4' },
  ...{ head: { position: 0, hash: '0'.repeat(64) }, firstBroken: null },
  ...{ migrations: [], sequences: [] },
}
const column = { columns: ['a'] }

type Table = { table: string; lines: string[] }

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function written(tables: Table[]): Promise<Buffer> {
  const parts = tables.map(({ table, lines }) => ({
    ...{ table, ...column },
    rows: chunksOf(lines.map((line) => `${line}\n`).join(''), 5),
  }))
  return Buffer.concat(await Array.fromAsync(backupBytes(header, parts)))
}

async function read(bytes: Buffer, chunkSize: number): Promise<Table[]> {
  const tables: Table[] = []
  await readBackup(chunksOf(bytes.toString('latin1'), chunkSize), {
    async part({ table, rows }) {
      const text = Buffer.concat(await Array.fromAsync(rows)).toString()
      tables.push({ table, lines: text.split('\n').slice(0, -1) })
    },
  })
  return tables
}

async function packed(bytes: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = []
  const target = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  await pack(chunksOf(bytes.toString('latin1'), 1_000), target)
  return Buffer.concat(chunks)
}

const line = fc.stringMatching(/^[ -~]{0,12}$/).filter((text) => text !== '\\.')
const tables = fc.array(
  fc.record({ table: fc.constantFrom('a.b', 'c.d'), lines: fc.array(line) }),
  {
    maxLength: 4,
  },
)

describe('a backup', () => {
  test('is read back as it was written, however it is cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.integer({ min: 1, max: 64 }), async (drawn, size) => {
        expect(await read(await written(drawn), size)).toEqual(drawn)
      }),
    )
  })

  test('is refused wherever one byte is changed, taken out or put in', async () => {
    const whole = await written([{ table: 'a.b', lines: ['1', '2\\t3', ''] }])
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = changed[at]! ^ 1
      const shorter = Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)])
      const longer = Buffer.concat([whole.subarray(0, at), Buffer.from(' '), whole.subarray(at)])
      for (const altered of [changed, shorter, longer, whole.subarray(0, at)]) {
        if (isSameEnd(altered, whole)) continue
        await expect(read(altered, 7), `${at}: ${altered.toString()}`).rejects.toMatchObject({
          code: 'broken-backup',
        })
      }
    }
  })

  test('is refused when its file lacks any number of bytes at the end', async () => {
    const noise = Array.from({ length: 40 }, () => crypto.randomUUID())
    const file = await packed(await written([{ table: 'a.b', lines: noise }]))
    await unpack(Readable.from([file]), readBackup)
    for (let length = 0; length < file.length; length++) {
      const cut = unpack(Readable.from([file.subarray(0, length)]), (bytes) => readBackup(bytes))
      await expect(cut, String(length)).rejects.toMatchObject({ code: 'broken-backup' })
    }
  })

  test('is refused wherever one bit of its file is another', { timeout: 60_000 }, async () => {
    const noise = Array.from({ length: 10 }, () => crypto.randomUUID())
    const file = await packed(await written([{ table: 'a.b', lines: noise }]))
    const bits = file.length * 8
    for (let bit = 0; bit < bits; bit += inject('depth') === 'full' ? 1 : 9) {
      const changed = Buffer.from(file)
      changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7))
      const reading = unpack(Readable.from([changed]), (bytes) => readBackup(bytes))
      await expect(reading, String(bit)).rejects.toMatchObject({ code: 'broken-backup' })
    }
  })
})

/** Spaces in the last line mean nothing: JSON allows them, and the hash is that of what is before. */
function isSameEnd(altered: Buffer, whole: Buffer): boolean {
  const endOf = (bytes: Buffer): string => bytes.toString('latin1').replaceAll(' ', '')
  const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1
  const sameBefore = altered.subarray(0, lastLine).equals(whole.subarray(0, lastLine))
  return sameBefore && endOf(altered) === endOf(whole)
}
