import { benchmarkLoad } from './lab/load.ts'
import type { BenchmarkOptions, Result } from './result.ts'

/** What the lab itself is able to do. */
export async function benchmarkLab(options: BenchmarkOptions): Promise<Result[]> {
  return benchmarkLoad(options)
}
