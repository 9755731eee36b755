import { benchmarkLoad } from './lab/load.ts'
import { benchmarkProxy } from './lab/proxy.ts'
import type { BenchmarkOptions, Result } from './result.ts'

const parts = [benchmarkProxy, benchmarkLoad]

/** The lab's own tools: how exact their faults are, what they cost where there is none, what the load holds. */
export async function benchmarkLab(options: BenchmarkOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const part of parts) results.push(...(await part(options)))
  return results
}
