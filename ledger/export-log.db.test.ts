import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exportHead } from './exported-head.ts'
import { exportLog, logVerifier } from './export-log.ts'
import { note, testLedger } from './testing.ts'

let folder: string
let exported: string
let heads: { position: number; hash: string }[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pet-export-'))
  await copyFile(logVerifier, join(folder, 'verify-log.mjs')) // alone: nothing of PET is beside it
  await using log = await testLedger()
  heads = [await log.ledger.head()]
  for (const command of [
    note('a', { data: [{ n: 1, z: 'ü\u2028"\\', a: [1e21, 0.1, null] }, { n: 2 }, { '€': {} }] }),
    note('b', { data: [{ name: { kind: 'personal', person: 'anna', value: 'Anna' } }, { n: 5 }] }),
    note('a'),
  ]) {
    await log.ledger.append(command)
    heads.push(await log.ledger.head())
  }
  exported = (await Array.fromAsync(exportLog(log.pool, { batchSize: 2 }))).join('')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Verdict = { code: number; says: string }

/** Runs the verifier as somebody else would: Node, the file, the export. */
async function verify(log: string | Buffer, ...against: object[]): Promise<Verdict> {
  const name = crypto.randomUUID()
  await writeFile(join(folder, name), log)
  const files = await Promise.all(
    against.map(async (head, index) => {
      await writeFile(join(folder, `${name}-${index}.json`), JSON.stringify(head))
      return `${name}-${index}.json`
    }),
  )
  const options = { cwd: folder, env: {} }
  return promisify(execFile)(process.execPath, ['verify-log.mjs', name, ...files], options).then(
    ({ stdout }) => ({ code: 0, says: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, says: stderr }),
  )
}

describe('the verifier, with nothing but Node and the export,', () => {
  test('confirms what was exported, and every head of it', async () => {
    const { position, hash } = heads.at(-1)!
    const holds = {
      code: 0,
      says: expect.stringContaining(`${position} events, the chain ends in ${hash}`),
    }
    const all = heads.map((head) => exportHead(head, new Date()))
    expect(await verify(exported)).toEqual(holds)
    expect(await verify(exported, ...all)).toEqual(holds)
    expect(await verify(gzipSync(exported), ...all)).toEqual(holds)
    expect(exported).not.toContain('Anna')
  })

  const lines = (change: (all: string[]) => string[]) => () =>
    change(exported.split(/(?<=\n)/)).join('')
  const without = (index: number) => lines((all) => all.toSpliced(index, 1))

  test.for<[string, () => string | Buffer, string]>([
    ['data that were changed', () => exported.replace('"n":2', '"n":3'), 'Position 2 is not as'],
    [
      'a number with more digits',
      () => exported.replace('"n":2', '"n":2.00000000000000000001'),
      'at position 2 is not as it was exported',
    ],
    [
      'a key that is there twice',
      () => exported.replace('"n":2', '"n":3,"n":2'),
      'at position 2 is not as it was exported',
    ],
    [
      'somebody else as the actor',
      () => exported.replace('"actor":"tester"', '"actor":"boss"'),
      'Position 1 is not as',
    ],
    [
      'another version',
      () => exported.replace('"version":2', '"version":1'),
      'Position 2 is version 1',
    ],
    [
      'another time of recording',
      () => exported.replace(/"recordedAt":"2/, '"recordedAt":"3'),
      'was recorded at another time than its group',
    ],
    ['an event taken out', without(2), 'Position 2 is missing'],
    ['a group taken out', lines((all) => all.toSpliced(5, 3)), 'Position 4 is missing'],
    ['a group’s end taken out', without(4), 'A group claims the positions 4 to 5'],
    [
      'the last group cut off',
      lines((all) => all.toSpliced(-3, 2)),
      'The head is not where the chain ends, after position 5',
    ],
    ['the head cut off', without(-1), 'cut off after position 6'],
    ['half a line', () => exported.slice(0, 700), 'was cut off or is no JSON'],
    ['half a packed file', () => gzipSync(exported).subarray(0, 300), 'damaged or was cut off'],
    ['something after the end', () => `${exported}{"event":{}}\n`, 'after the end'],
  ])('finds %s', async ([, altered, says]) => {
    expect(await verify(altered())).toEqual({ code: 1, says: expect.stringContaining(says) })
  })

  test('finds that the log does not go through a head', async () => {
    const [, , second, last] = heads as [
      object,
      object,
      { position: number; hash: string },
      { position: number; hash: string },
    ]
    for (const [head, says] of [
      [{ ...second, hash: last.hash }, 'not go through the head at position 5'],
      [{ ...second, position: 4 }, 'not go through the head at position 4'],
      [{ ...last, position: 9 }, 'ends at 6, before the head at 9'],
    ] as const) {
      expect(await verify(exported, exportHead(head, new Date()))).toEqual({
        ...{ code: 1, says: expect.stringContaining(says) },
      })
    }
  })

  test('says that it can’t read something else', async () => {
    expect((await verify('{"other":1}\n')).code).toBe(2)
    expect((await verify(exported, { position: 6 })).code).toBe(2)
  })
})
