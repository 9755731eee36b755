import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import autocannon from 'autocannon'
import { drawArrivals } from '@pet/lab/arrivals'
import httpSender from '@pet/lab/http-sender'
import { createRandom } from '@pet/lab/random'
import { runLoad } from '@pet/lab/run-load'
import type { BenchmarkOptions, Result } from '../result.ts'
import { compare, type Peer } from '../rounds.ts'

const run = promisify(execFile)

/** What the lab's load must hold on two cores that it shares with its subject. */
const mustHold = 5_000
const connections = 32
const tries = 3

/**
 * The most requests per second that the lab's open load holds against a bare server in a process of its
 * own: every one begun in time, answered rightly, none shed. Beside what closed-model generators get out
 * of the same server with 32 connections: these ask as fast as they are answered, and keep no schedule.
 */
export async function benchmarkLoad(options: BenchmarkOptions): Promise<Result[]> {
  const { rounds, roundMs, onProgress } = options
  await using server = await startBareServer()
  const { origin } = server
  const peers: Peer[] = [
    { peer: 'autocannon', goal: 0.5, measure: () => askWithAutocannon(origin, roundMs) },
  ]
  const wrk = await findWrk()
  if (wrk) peers.push({ peer: wrk, goal: 0.3, measure: () => askWithWrk(origin, roundMs) })
  else onProgress('wrk is not installed here (apt-get install wrk): it is left out')
  const beside = await compare({
    name: 'most requests held, open model',
    unit: 'requests/s',
    measureOurs: () => mostHeld(origin, roundMs),
    ...{ peers, rounds, onProgress },
  })
  const held = beside[0]?.value ?? 0
  const lateness = await latenessAt(mustHold, origin, roundMs)
  return [
    ...beside,
    {
      ...{ name: 'most requests held, open model', value: held, unit: 'requests/s' },
      ...{ atLeast: mustHold, met: held >= mustHold },
    },
    {
      ...{ name: `begun late at ${mustHold} requests/s, p99`, value: lateness, unit: 'ms' },
      ...{ atMost: 10, met: lateness <= 10 },
    },
  ]
}

/** Doubles the rate until it is not held, then closes in to within 10 %. */
async function mostHeld(origin: string, durationMs: number): Promise<number> {
  let held = 0
  let tooMuch = mustHold
  while (await holds(tooMuch, origin, durationMs)) [held, tooMuch] = [tooMuch, tooMuch * 2]
  while (tooMuch / Math.max(held, 1) > 1.1 && tooMuch > 100) {
    const rate = Math.round((held + tooMuch) / 2)
    if (await holds(rate, origin, durationMs)) held = rate
    else tooMuch = rate
  }
  return held
}

/** In one of a few tries: what else the machine does can only take away from what is held. */
async function holds(perSecond: number, origin: string, durationMs: number): Promise<boolean> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const report = await ask(perSecond, origin, durationMs)
    if (report.schedule?.keptUp && report.ok === report.intended) return true
  }
  return false
}

/** The least of a few tries, for the same reason. */
async function latenessAt(perSecond: number, origin: string, durationMs: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const { schedule } = await ask(perSecond, origin, durationMs)
    least = Math.min(least, schedule?.lateness.p99Ms ?? least)
  }
  return least
}

async function ask(perSecond: number, origin: string, durationMs: number) {
  const pattern = { kind: 'poisson' as const, perSecond, forMs: durationMs + warmupMs }
  await using sender = httpSender({ origin, requests: [{ path: '/', includes: 'ok' }] })
  // Awaited here: the sender is gone when this returns.
  return await runLoad({
    arrivals: drawArrivals(pattern, createRandom(7, 'bench', perSecond)),
    send: sender.send,
    ...{ deadlineMs: 1_000, inFlightAtMost: 500, warmupMs },
    signal: AbortSignal.timeout(durationMs + 60_000),
  })
}

const warmupMs = 500

async function askWithAutocannon(origin: string, durationMs: number): Promise<number> {
  const { requests, errors, non2xx } = await autocannon({
    ...{ url: origin, connections, duration: Math.max(1, Math.round(durationMs / 1_000)) },
  })
  if (errors + non2xx > 0) throw new Error(`autocannon had ${errors} errors, ${non2xx} wrong`)
  return requests.average
}

async function askWithWrk(origin: string, durationMs: number): Promise<number> {
  const seconds = Math.max(1, Math.round(durationMs / 1_000))
  const { stdout } = await run('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`, `${origin}/`])
  const [, perSecond] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? []
  if (perSecond === undefined) throw new Error(`wrk printed no rate:\n${stdout}`)
  return Number(perSecond)
}

/** Its name and version, where it is installed. */
async function findWrk(): Promise<string | undefined> {
  // It prints its version with its usage, and ends with exit code 1.
  const printed = await run('wrk', ['-v']).catch((error: { stdout?: string }) => error)
  const [version] = /^wrk \S+/.exec(printed.stdout ?? '') ?? []
  return version
}

async function startBareServer(): Promise<{ origin: string } & AsyncDisposable> {
  const server = fork(fileURLToPath(new URL('./bare-server.ts', import.meta.url)))
  const [port] = (await once(server, 'message')) as [number]
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.kill()
      if (server.exitCode === null) await once(server, 'exit')
    },
  }
}
