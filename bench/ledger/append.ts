import type { BenchmarkOptions, Result } from '../result.ts'
import { compare } from '../rounds.ts'
import { throughput } from '../throughput.ts'
import { openBenchLedger } from './bench-ledger.ts'
import { openEmmettStore } from './emmett-store.ts'
import { openRawLog } from './raw-log.ts'

const rows = [
  { perCommand: 1, atOnce: 64, emmettGoal: 6, raw: 'raw INSERT, autocommit', rawGoal: 2 },
  { perCommand: 1_000, atOnce: 4, emmettGoal: 1.2, raw: 'raw INSERT from unnest', rawGoal: 0.6 },
]
const connections = 64

/**
 * Commands of one event and of a thousand, each to a stream of its own: expected version, command
 * id, dense positions and hash chain on our side; beside it Emmett (expected version), and plain
 * INSERTs of the same columns on a connection for each caller.
 */
export async function benchmarkAppend(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, rounds, roundMs: durationMs, onProgress } = options
  await using ours = await openBenchLedger(serverUrl, 'bench_append')
  await using emmett = await openEmmettStore(serverUrl, connections)
  await using raw = await openRawLog(serverUrl, connections)

  const results: Result[] = []
  for (const { perCommand, atOnce, ...goals } of rows) {
    const eventsPerSecond = async (work: () => Promise<void>): Promise<number> =>
      perCommand * (await throughput({ concurrency: atOnce, durationMs }, work))
    const insert = perCommand === 1 ? raw.insert : () => raw.insertMany(perCommand)
    const events = perCommand === 1 ? '1 event' : `${perCommand.toLocaleString('en')} events`
    results.push(
      ...(await compare({
        ...{ name: `append, ${events} per command, ${atOnce} at once`, unit: 'events/s' },
        measureOurs: () => eventsPerSecond(() => ours.append(perCommand)),
        peers: [
          {
            ...{ peer: goals.raw, goal: goals.rawGoal },
            measure: () => eventsPerSecond(insert),
          },
          {
            ...{ peer: 'Emmett', goal: goals.emmettGoal },
            measure: () => eventsPerSecond(() => emmett.append(perCommand)),
          },
        ],
        ...{ rounds, onProgress },
      })),
    )
  }
  return results
}
