import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'
import type { Distribution } from '../api-types.ts'

const longestMicroseconds = 3_600_000_000

/** Durations up to an hour, to the microsecond, with three significant digits. */
export class DurationHistogram {
  readonly #counts: Histogram

  constructor(counts: Histogram = build({ highestTrackableValue: longestMicroseconds })) {
    this.#counts = counts
  }

  static decode(text: string): DurationHistogram {
    return new DurationHistogram(decodeFromCompressedBase64(text))
  }

  encode(): string {
    return encodeIntoCompressedBase64(this.#counts)
  }

  record(ms: number): void {
    const microseconds = Math.round(ms * 1_000)
    this.#counts.recordValue(Math.min(Math.max(0, microseconds), longestMicroseconds))
  }

  add(other: DurationHistogram): void {
    this.#counts.add(other.#counts)
  }

  distribution(): Distribution {
    const counts = this.#counts
    const at = (percentile: number) => toMs(counts.getValueAtPercentile(percentile))
    return {
      count: counts.totalCount,
      meanMs: counts.totalCount === 0 ? 0 : toMs(counts.mean),
      p50Ms: at(50),
      p90Ms: at(90),
      p99Ms: at(99),
      p999Ms: at(99.9),
      maxMs: at(100), // to three digits too: its encoding keeps no more
    }
  }
}

function toMs(microseconds: number): number {
  return Math.round(microseconds) / 1_000
}
