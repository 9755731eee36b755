import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'

type Measured = { descriptors: number; bytes: number }

const program = fileURLToPath(new URL('testing/leak-process.ts', import.meta.url))
/** Of what V8 itself keeps; a hundred bytes for each of 100 000 connections would be more. */
const mostGrowthBytes = 3_000_000

test.runIf(existsSync('/proc/self/fd'))(
  'connections that have ended leave nothing behind: no descriptor, no memory',
  async () => {
    const count = inject('depth') === 'full' ? 100_000 : 5_000
    const words = ['--expose-gc', program, String(count)]
    const { stdout } = await promisify(execFile)(process.execPath, words)
    const { before, after } = JSON.parse(stdout) as { before: Measured; after: Measured }
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors)
    expect(after.bytes - before.bytes).toBeLessThan(mostGrowthBytes)
  },
  300_000,
)
