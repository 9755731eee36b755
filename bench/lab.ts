import { benchmarkProxy } from './lab/proxy.ts'
import type { BenchmarkOptions, Result } from './result.ts'

const parts = [benchmarkProxy]

/** The lab's own tools: how exact their faults are, and what they cost where there is none. */
export async function benchmarkLab(options: BenchmarkOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const part of parts) results.push(...(await part(options)))
  return results
}
