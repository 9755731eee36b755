import type { Fold } from '@pet/ledger/ledger'
import { openBenchLedger } from './ledger/bench-ledger.ts'
import type { BenchmarkOptions, Result } from './result.ts'
import { compare } from './rounds.ts'
import { throughput } from './throughput.ts'

const stream = 'long'
const events = 10_000
const eventsAfter = 50
const eventsPerCommand = 1_000

type Lines = { lines: number; hours: number; last: string }

const lines: Fold<Lines> = {
  initial: { lines: 0, hours: 0, last: '' },
  evolve: ({ lines, hours }, { data, occurredAt }) => ({
    lines: lines + 1,
    hours: hours + (data as { line: { hours: number } }).line.hours,
    last: occurredAt,
  }),
}

/** Loading a stream of ten thousand events, the last fifty of them after a snapshot; beside reading all of them. */
export async function benchmarkSnapshot(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, rounds, roundMs: durationMs, onProgress } = options
  await using log = await openBenchLedger(serverUrl, 'bench_snapshot')
  const { ledger } = log
  const kept = { ...lines, snapshot: { name: 'lines', version: 1, every: 100 } }
  for (let left = events - eventsAfter; left > 0; left -= eventsPerCommand) {
    await log.append(Math.min(left, eventsPerCommand), stream)
  }
  await ledger.readState(stream, kept)
  await log.append(eventsAfter, stream)

  const perSecond = (fold: Fold<Lines>): Promise<number> =>
    throughput({ concurrency: 1, durationMs }, async () => {
      const { state } = await ledger.readState(stream, fold)
      if (state.lines !== events) throw new Error(`There are ${state.lines} lines of ${events}`)
    })
  return await compare({
    ...{ name: 'load a stream of 10,000 events with a snapshot', unit: 'loads/s' },
    measureOurs: () => perSecond(kept),
    peers: [{ peer: 'without', goal: 20, measure: () => perSecond(lines) }],
    ...{ rounds, onProgress },
  })
}
