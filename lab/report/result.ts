import type { RunRecord, RunResult } from '../api-types.ts'

/** How a result counts: as hypothesised, not so, skipped with a reason, or failed in the lab itself. */
export type Outcome = 'passed' | 'not as hypothesised' | 'skipped' | 'failed'

export function outcomeOf(result: RunResult): Outcome {
  if ('skipped' in result) return 'skipped'
  if ('failed' in result) return 'failed'
  return result.asHypothesised ? 'passed' : 'not as hypothesised'
}

/** What there is to read of a result: the verdict in sentences, or the reason why there is none. */
export function wordsOf(result: RunResult): string[] {
  if ('skipped' in result) return [result.skipped]
  if ('failed' in result) return [result.failed]
  return result.words
}

/** The verdict in a word or two. */
export function verdictOfResult(result: RunResult): string {
  return 'verdict' in result ? result.verdict : outcomeOf(result)
}

export function isRecord(result: RunResult): result is RunRecord {
  return 'verdict' in result
}

/** `3 passed, 1 skipped`, in the order of what matters. */
export function countOutcomes(results: readonly RunResult[]): string {
  const outcomes: Outcome[] = ['failed', 'not as hypothesised', 'skipped', 'passed']
  return outcomes
    .map((outcome) => ({ outcome, count: results.filter((r) => outcomeOf(r) === outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${outcome}`)
    .join(', ')
}
