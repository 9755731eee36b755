import type { LoadReport } from '../api-types.ts'
import type { SettledCall } from './call.ts'
import { DurationHistogram } from './histogram.ts'

/** Codes that are told apart; what comes beyond is counted together. */
const mostCodes = 50
const mostTraced = 10

const histogramNames = ['latency', 'latencyOfOk', 'service', 'lateness'] as const
type Histograms = Record<(typeof histogramNames)[number], DurationHistogram>

type Window = { fromMs: number; toMs: number }
type Counts = Record<
  'intended' | 'ok' | 'wrong' | 'failed' | 'timedOut' | 'shed' | 'abandoned',
  number
> & { answeredInWindow: number; okInWindow: number }
type Traced = LoadReport['slowestTraced']

/** A tally as it travels between threads. */
export type EncodedTally = {
  window: Window
  counts: Counts
  errors: [code: string, count: number][]
  traced: Traced
  histograms: Record<keyof Histograms, string>
}

/** Counts what became of each call. Tallies of several threads over one window add up. */
export class Tally {
  #window: Window
  readonly #counts: Counts = {
    ...{ intended: 0, ok: 0, wrong: 0, failed: 0, timedOut: 0, shed: 0, abandoned: 0 },
    ...{ answeredInWindow: 0, okInWindow: 0 },
  }
  readonly #errors = new Map<string, number>()
  readonly #histograms: Histograms = {
    latency: new DurationHistogram(),
    latencyOfOk: new DurationHistogram(),
    service: new DurationHistogram(),
    lateness: new DurationHistogram(),
  }
  #traced: Traced = []

  /** Calls intended before the window opens are a warm-up and don't count. */
  constructor(window: Window) {
    this.#window = window
  }

  /** A closed load knows only afterwards when it ended. */
  endAt(toMs: number): void {
    this.#window = { ...this.#window, toMs }
  }

  settled(call: SettledCall): void {
    const { intendedMs, startedMs, settledMs, outcome } = call
    const answered = outcome.kind === 'ok' || outcome.kind === 'wrong'
    // Rates go by when the answer came: so a backlog that is worked off later does not count.
    if (answered && settledMs > this.#window.fromMs && settledMs <= this.#window.toMs) {
      this.#counts.answeredInWindow++
      if (outcome.kind === 'ok') this.#counts.okInWindow++
    }
    if (intendedMs < this.#window.fromMs) return
    this.#counts.intended++
    this.#counts[outcome.kind === 'timed out' ? 'timedOut' : outcome.kind]++
    if ('code' in outcome) this.#countError(outcome.code)
    this.#histograms.lateness.record(startedMs - intendedMs)
    this.#histograms.latency.record(settledMs - intendedMs)
    this.#histograms.service.record(settledMs - startedMs)
    if (outcome.kind === 'ok') this.#histograms.latencyOfOk.record(settledMs - intendedMs)
    this.#keepTrace(call)
  }

  shed(intendedMs: number): void {
    if (intendedMs < this.#window.fromMs) return
    this.#counts.intended++
    this.#counts.shed++
  }

  abandoned(calls: number): void {
    this.#counts.abandoned += calls
  }

  add(other: EncodedTally): void {
    for (const name of Object.keys(this.#counts) as (keyof Counts)[]) {
      this.#counts[name] += other.counts[name]
    }
    for (const [code, count] of other.errors) this.#countError(code, count)
    for (const name of histogramNames) {
      this.#histograms[name].add(DurationHistogram.decode(other.histograms[name]))
    }
    this.#traced = slowest([...this.#traced, ...other.traced])
  }

  encode(): EncodedTally {
    const { latency, latencyOfOk, service, lateness } = this.#histograms
    return {
      window: this.#window,
      counts: this.#counts,
      errors: [...this.#errors],
      traced: this.#traced,
      histograms: {
        latency: latency.encode(),
        latencyOfOk: latencyOfOk.encode(),
        service: service.encode(),
        lateness: lateness.encode(),
      },
    }
  }

  /** `latenessLimitMs`: of an open load, how late calls may begin at the 99th percentile. */
  report(model: { latenessLimitMs: number } | 'closed'): LoadReport {
    const { answeredInWindow, okInWindow, ...counts } = this.#counts
    const windowMs = Math.max(0, this.#window.toMs - this.#window.fromMs)
    const perSecond = (count: number) => (windowMs === 0 ? 0 : (count / windowMs) * 1_000)
    const { latency, latencyOfOk, service } = this.#histograms
    return {
      model: model === 'closed' ? 'closed' : 'open',
      ...counts,
      errors: Object.fromEntries(this.#errors),
      windowMs,
      throughput: perSecond(answeredInWindow),
      goodput: perSecond(okInWindow),
      latency: latency.distribution(),
      latencyOfOk: latencyOfOk.distribution(),
      service: service.distribution(),
      ...(model !== 'closed' && { schedule: this.#schedule(model) }),
      slowestTraced: this.#traced,
    }
  }

  #schedule({ latenessLimitMs }: { latenessLimitMs: number }) {
    const lateness = this.#histograms.lateness.distribution()
    const keptUp = this.#counts.shed === 0 && lateness.p99Ms <= latenessLimitMs
    return { keptUp, lateness, latenessLimitMs }
  }

  #countError(code: string, count = 1): void {
    const known = this.#errors.has(code) || this.#errors.size < mostCodes
    const counted = known ? code : 'other'
    this.#errors.set(counted, (this.#errors.get(counted) ?? 0) + count)
  }

  #keepTrace({ traceparent, intendedMs, settledMs, outcome }: SettledCall): void {
    if (traceparent === undefined) return
    const traceId = traceparent.split('-')[1] ?? ''
    const latencyMs = settledMs - intendedMs
    this.#traced = slowest([...this.#traced, { traceId, latencyMs, outcome: outcome.kind }])
  }
}

function slowest(traced: Traced): Traced {
  return traced.toSorted((a, b) => b.latencyMs - a.latencyMs).slice(0, mostTraced)
}
