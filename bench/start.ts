import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@pet/postgres/free-port'
import type { BenchmarkOptions, Result } from './result.ts'
import { median } from './rounds.ts'

const launcher = fileURLToPath(new URL('../cli/pet.js', import.meta.url))
const patienceMs = 60_000
const seconds = (values: number[]): number => median(values) / 1_000

/**
 * From the start of `pet up` to the first page served: on an empty folder (database made, migrated, demo firm
 * filled in) and once more on the same folder.
 */
export async function benchmarkStart({ rounds, onProgress }: BenchmarkOptions): Promise<Result[]> {
  const first: number[] = []
  const second: number[] = []
  for (let round = 1; round <= rounds; round += 1) {
    const home = await mkdtemp(join(tmpdir(), 'pet-bench-start-'))
    try {
      first.push(await firstPageMs(home))
      second.push(await firstPageMs(home))
    } finally {
      await rm(home, { recursive: true, force: true })
    }
    onProgress(`round ${round}: ${first.at(-1)?.toFixed()} ms, then ${second.at(-1)?.toFixed()} ms`)
  }
  return [
    atMost('first start to a page served', seconds(first), 6),
    atMost('second start to a page served', seconds(second), 3),
  ]
}

function atMost(name: string, value: number, limit: number): Result {
  return { name, value, unit: 's', atMost: limit, met: value <= limit }
}

async function firstPageMs(home: string): Promise<number> {
  const port = await freePort()
  const environment = { ...process.env, PET_HOME: home, PORT: String(port) }
  const startedAt = performance.now()
  const pet = spawn(process.execPath, [launcher, 'up'], { env: environment, stdio: 'ignore' })
  try {
    await pageServed(`http://127.0.0.1:${port}/`, pet)
    return performance.now() - startedAt
  } finally {
    pet.kill('SIGTERM')
    if (pet.exitCode === null) await once(pet, 'exit')
  }
}

async function pageServed(address: string, pet: ChildProcess): Promise<void> {
  const deadline = AbortSignal.timeout(patienceMs)
  while (pet.exitCode === null) {
    const response = await fetch(address, { signal: deadline }).catch(() => undefined)
    if (response?.ok && (await response.text()).includes('<div id="root">')) return
    await delay(10, undefined, { signal: deadline })
  }
  throw new Error(`pet up ended with exit code ${pet.exitCode} before it served a page`)
}
