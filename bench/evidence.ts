import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { petMigrations } from '@pet/pet/migrations'
import { migrate } from '@pet/postgres/migrate'
import { openBenchLedger, type BenchLedger } from './ledger/bench-ledger.ts'
import type { BenchmarkOptions, Result } from './result.ts'

const events = 1_000_000
const eventsPerCommand = 5
const atOnce = 64
const lookEveryMs = 50

const launcher = fileURLToPath(new URL('../cli/pet.js', import.meta.url))

/**
 * `pet audit`, `pet backup` and `pet restore` of a million events, as processes of their own: how long each
 * takes, and the most memory that it has held, as the operating system counts it. The backup is restored into a
 * server that is started for it; both contain an audit.
 */
export async function benchmarkEvidence(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, onProgress } = options
  await using log = await openBenchLedger(serverUrl, 'bench_evidence')
  await migrate(log.ownerUrl, [ledgerMigrations, petMigrations])
  await fill(log)
  onProgress(`evidence: ${events} events are there`)
  const folder = await mkdtemp(join(tmpdir(), 'pet-bench-evidence-'))
  try {
    const file = join(folder, 'pet.backup')
    const source = { DATABASE_URL: log.ownerUrl, PET_HOME: join(folder, 'none') }
    const target = { PET_HOME: join(folder, 'home') }
    const results: Result[] = []
    for (const { words, environment, atMostSeconds, atMostMb } of [
      { words: ['audit'], environment: source, atMostSeconds: 30, atMostMb: 300 },
      { words: ['backup', file], environment: source, atMostSeconds: 60, atMostMb: 400 },
      { words: ['restore', file], environment: target, atMostSeconds: 90, atMostMb: 400 },
    ]) {
      const { seconds, peakMb } = await runPet([...words, '--json'], environment)
      onProgress(`evidence: ${words[0]} ${seconds.toFixed(1)} s, ${peakMb.toFixed()} MB`)
      results.push(
        atMost(`${words[0]} of 1,000,000 events`, seconds, { unit: 's', limit: atMostSeconds }),
        atMost(`${words[0]}: most memory`, peakMb, { unit: 'MB', limit: atMostMb }),
      )
    }
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** In commands and groups of the size that people and services make, so that there is a chain to walk. */
async function fill({ append }: BenchLedger): Promise<void> {
  let left = events / eventsPerCommand
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left > 0) {
        left -= 1
        await append(eventsPerCommand)
      }
    }),
  )
}

function atMost(
  name: string,
  value: number,
  { unit, limit }: { unit: string; limit: number },
): Result {
  return { name, value, unit, atMost: limit, met: value <= limit }
}

async function runPet(
  words: string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ seconds: number; peakMb: number }> {
  const { DATABASE_URL: _, ...inherited } = process.env
  const startedAt = performance.now()
  const pet = spawn(process.execPath, [launcher, ...words], {
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let peakMb = Number.NaN
  const looking = setInterval(() => (peakMb = peakOf(pet.pid) ?? peakMb), lookEveryMs)
  const [answer] = await Promise.all([text(pet.stdout), once(pet, 'close')])
  clearInterval(looking)
  const seconds = (performance.now() - startedAt) / 1_000
  const report = JSON.parse(answer) as { ok: boolean; events: number }
  if (pet.exitCode === 0 && report.ok && report.events === events) return { seconds, peakMb }
  throw new Error(`pet ${words.join(' ')} ended with ${pet.exitCode} and said ${answer}`)
}

/** The most memory that a process has held so far; only Linux tells, of a process that still runs. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] =
      /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1_000
  } catch {
    return undefined
  }
}
