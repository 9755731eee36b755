import type { BenchmarkOptions, Result } from '../result.ts'
import { compare } from '../rounds.ts'
import { throughput } from '../throughput.ts'
import { openBenchLedger, type BenchLedger } from './bench-ledger.ts'

const smallest = 10_000
const sizes = [100_000, 1_000_000]
const largest = 10_000_000
const atOnce = 64
const readEvents = 10_000
const perPage = 1_000

/** Append and read on a log that grows, beside a log of ten thousand events made anew each round. */
export async function benchmarkGrowth(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, rounds, roundMs: durationMs, tenMillion, onProgress } = options
  await using grown = await openBenchLedger(serverUrl, 'bench_growth')
  const append = (log: BenchLedger): Promise<number> =>
    throughput({ concurrency: atOnce, durationMs }, () => log.append(1))
  const onSmall = (measure: (log: BenchLedger) => Promise<number>) => async () => {
    await using log = await openBenchLedger(serverUrl, 'bench_growth_small')
    await log.fill(smallest)
    return await measure(log)
  }

  const results: Result[] = []
  for (const size of tenMillion ? [...sizes, largest] : sizes) {
    onProgress(`growth: filling the log to ${size.toLocaleString('en')} events`)
    await grown.fill(size)
    const label = `at ${size.toLocaleString('en')} events`
    const common = { unit: 'events/s', rounds, onProgress }
    const at10k = { peer: 'at 10,000 events', goal: 0.85 }
    results.push(
      ...(await compare({
        ...{ ...common, name: `append ${label}` },
        measureOurs: () => append(grown),
        peers: [{ ...at10k, measure: onSmall(append) }],
      })),
      ...(await compare({
        ...{ ...common, name: `read ${label}` },
        measureOurs: () => readLast(grown),
        peers: [{ ...at10k, measure: onSmall(readLast) }],
      })),
    )
  }
  return results
}

/** The last ten thousand events, read page by page. */
async function readLast({ ledger }: BenchLedger): Promise<number> {
  const head = await ledger.head()
  const start = performance.now()
  for (let after = head.position - readEvents; after < head.position; after += perPage) {
    await ledger.readLog({ after, limit: perPage })
  }
  return readEvents / ((performance.now() - start) / 1_000)
}
