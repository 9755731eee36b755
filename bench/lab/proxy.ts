import type { BenchmarkOptions, Result } from '../result.ts'
import { compare, median, type Peer } from '../rounds.ts'
import { bytesPerSecond, quantile, roundTripsMs } from './probe.ts'
import { openProxyBench, type ProxyBench } from './proxy-bench.ts'

const download = { connections: 4, bytes: 100_000_000 }
const pings = { connections: 1, turns: 3_000, apartMs: 0 }

/** Delays in ms, and with how many connections and turns each is measured. */
const delays = [
  { ms: 1, connections: 1, turns: 1_000 },
  { ms: 10, connections: 1, turns: 200 },
  { ms: 40, connections: 4, turns: 50 },
  { ms: 100, connections: 10, turns: 20 },
  { ms: 1_000, connections: 100, turns: 2 },
]
const ratesInKilobytes = [100, 1_000, 10_000, 100_000]
const idleAnswers = 500

/** What the proxy costs without a toxic, and how exact its toxics are with one. */
export async function benchmarkProxy(options: BenchmarkOptions): Promise<Result[]> {
  await using bench = await openProxyBench()
  if ('missing' in bench.haproxy) options.onProgress(`skipped: ${bench.haproxy.missing}`)
  return [
    ...(await compareThroughput(bench, options)),
    ...(await addedRoundTrip(bench, options)),
    ...(await delayPrecision(bench, options)),
    ...(await bandwidthPrecision(bench, options)),
  ]
}

async function compareThroughput(bench: ProxyBench, options: BenchmarkOptions): Promise<Result[]> {
  const { rounds, onProgress } = options
  const measure = (port: number) => async () => (await bytesPerSecond(port, download)) / 1e6
  const peers: Peer[] = [{ peer: 'direct', goal: 0.4, measure: measure(bench.direct) }]
  if ('port' in bench.haproxy) {
    // HAProxy splices in the kernel; it is here to be seen, not to be reached.
    peers.push({ peer: 'HAProxy', goal: 0, measure: measure(bench.haproxy.port) })
  }
  return compare({
    ...{ name: 'proxy without a toxic, download', unit: 'MB/s', rounds, onProgress },
    ...{ measureOurs: measure(bench.ours), peers },
  })
}

async function addedRoundTrip(bench: ProxyBench, options: BenchmarkOptions): Promise<Result[]> {
  const ways = { ours: bench.ours, ...('port' in bench.haproxy && { HAProxy: bench.haproxy.port }) }
  const added = new Map<string, number[]>()
  for (let round = 0; round <= options.rounds; round += 1) {
    const direct = median(await roundTripsMs(bench.direct, pings))
    for (const [name, port] of Object.entries(ways)) {
      const more = (median(await roundTripsMs(port, pings)) - direct) * 1_000
      if (round > 0) added.set(name, [...(added.get(name) ?? []), more])
    }
  }
  const ours = median(added.get('ours') ?? [])
  const theirs = added.get('HAProxy')
  if (theirs) options.onProgress(`HAProxy adds ${median(theirs).toFixed(1)} µs to a round trip`)
  return [atMost('proxy without a toxic, added to a round trip at p50', ours, 'µs', 40)]
}

/**
 * Beyond the same path without the toxic, on one direction, at the same pace: a processor that has rested takes
 * longer for everything, with a delay or without.
 */
async function delayPrecision(bench: ProxyBench, options: BenchmarkOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const { ms, connections, turns } of delays) {
    const apartMs = ms / connections
    const undelayed = await roundTripsMs(bench.ours, { connections, turns, apartMs, restMs: ms })
    const path = median(undelayed)
    const busyBefore = await bench.busyMs()
    await using _toxic = await bench.withToxic({ type: 'latency', attributes: { latency: ms } })
    const times = await roundTripsMs(bench.ours, { connections, turns, apartMs })
    const busyMs = (await bench.busyMs()) - busyBefore
    const off = times.map((time) => Math.abs(time - path - ms))
    const [p50, p99] = [quantile(off, 0.5), quantile(off, 0.99)]
    options.onProgress(
      `${ms} ms: off by ${p50.toFixed(3)} ms at p50, ${p99.toFixed(3)} at p99 ` +
        `(the path itself: ${path.toFixed(3)}, ${quantile(undelayed, 0.99).toFixed(3)}); ` +
        `${(busyMs / times.length).toFixed(2)} ms of processor time for each of ${times.length}`,
    )
    results.push(
      atMost(`injected delay of ${ms} ms, off at p50`, p50, 'ms', Math.max(1, ms / 100)),
      atMost(`injected delay of ${ms} ms, off at p99`, p99, 'ms', Math.max(3, (ms * 3) / 100)),
    )
  }
  return [...results, await costOfDelay(bench, options)]
}

/** The last bit of a delay is waited for by turning the event loop: how much of a core that takes. */
async function costOfDelay(bench: ProxyBench, options: BenchmarkOptions): Promise<Result> {
  const turns = idleAnswers
  const busy = async (): Promise<number> => {
    const before = await bench.busyMs()
    await roundTripsMs(bench.ours, { connections: 1, turns, apartMs: 0 })
    return (await bench.busyMs()) - before
  }
  const without = await busy()
  await using _toxic = await bench.withToxic({ type: 'latency', attributes: { latency: 10 } })
  const each = ((await busy()) - without) / turns
  options.onProgress(`a delay takes ${each.toFixed(2)} ms of processor time`)
  return atMost('processor time that a delay takes', each, 'ms', 2.5)
}

async function bandwidthPrecision(bench: ProxyBench, options: BenchmarkOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const rate of ratesInKilobytes) {
    await using _toxic = await bench.withToxic({ type: 'bandwidth', attributes: { rate } })
    const measured = await bytesPerSecond(bench.ours, { connections: 1, bytes: rate * 1_000 })
    const off = Math.abs(measured / (rate * 1_000) - 1) * 100
    options.onProgress(`${rate} kB/s: ${(measured / 1_000).toFixed(1)} kB/s`)
    results.push(atMost(`bandwidth of ${rate} kB/s, off`, off, '%', 5))
  }
  return results
}

function atMost(name: string, value: number, unit: string, limit: number): Result {
  return { name, value, unit, atMost: limit, met: value <= limit }
}
