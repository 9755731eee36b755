import { benchmarkAppend } from './ledger/append.ts'
import { benchmarkGrowth } from './ledger/growth.ts'
import { benchmarkRead } from './ledger/read.ts'
import type { BenchmarkOptions, Result } from './result.ts'

const parts = [benchmarkAppend, benchmarkRead, benchmarkGrowth]

/** The ledger beside Emmett's PostgreSQL store and beside raw SQL, and how it bears growth. */
export async function benchmarkLedger(options: BenchmarkOptions): Promise<Result[]> {
  const results: Result[] = []
  for (const part of parts) results.push(...(await part(options)))
  return results
}
