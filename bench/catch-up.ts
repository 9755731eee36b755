import type { BenchmarkOptions, Result } from './result.ts'
import { compare } from './rounds.ts'
import { openEmmettHours } from './catch-up/emmett-hours.ts'
import { openHoursLog, type Hours } from './catch-up/hours-log.ts'

const manyEvents = 200_000
const fewerEvents = 40_000 // of which Emmett's consumer takes some 3 000 in a second

/**
 * A projection in SQL that has the whole log to catch up with, range by range with its checkpoints,
 * from its start to its end: beside one plain SQL aggregate over the same rows into a table of the
 * same kind, and beside Emmett's consumer, which keeps the same sums of as many events.
 */
export async function benchmarkCatchUp(options: BenchmarkOptions): Promise<Result[]> {
  return [...(await besideAggregate(options)), ...(await besideEmmett(options))]
}

async function besideAggregate(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, rounds, onProgress } = options
  await using log = await openHoursLog(serverUrl, 'bench_catch_up', manyEvents)
  return await compare({
    ...{ name: nameFor(manyEvents), unit: 'events/s', rounds, onProgress },
    measureOurs: () => perSecond(manyEvents, log),
    peers: [
      {
        ...{ peer: 'one plain SQL aggregate', goal: 0.5 },
        measure: () => perSecond(manyEvents, log.aggregate),
      },
    ],
  })
}

async function besideEmmett(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, rounds, onProgress } = options
  await using log = await openHoursLog(serverUrl, 'bench_catch_up_beside', fewerEvents)
  await using emmett = await openEmmettHours(serverUrl, fewerEvents)
  const results = await compare({
    ...{ name: nameFor(fewerEvents), unit: 'events/s', rounds, onProgress },
    measureOurs: () => perSecond(fewerEvents, log),
    peers: [{ peer: 'Emmett', goal: 20, measure: () => perSecond(fewerEvents, emmett) }],
  })
  // Both have to have done the same, or the figures say nothing.
  const [ours, theirs] = [await log.total(), await emmett.total()].map((sum) => JSON.stringify(sum))
  if (ours !== theirs) throw new Error(`Emmett's sums are ${theirs}, ours ${ours}`)
  return results
}

function nameFor(events: number): string {
  return `projection catch-up, set-based, ${events.toLocaleString('en')} events`
}

async function perSecond(events: number, { empty, catchUp }: Catching): Promise<number> {
  await empty()
  const start = performance.now()
  await catchUp()
  return events / ((performance.now() - start) / 1_000)
}

type Catching = Pick<Hours, 'empty' | 'catchUp'>
