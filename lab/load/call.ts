/** What `send` is told about the call that it is to make. */
export type Call = {
  /** From 0, in the order of the schedule. */
  number: number
  /** From the start of the load. */
  intendedMs: number
  /** Aborted at the deadline and when the load is stopped. */
  signal: AbortSignal
  /** The header of that name (W3C Trace Context), where this call is one of the traced share. */
  traceparent: string | undefined
}

/** The right answer, or a short name of what was wrong with it, such as `{ wrong: '503' }`. */
export type Answer = 'ok' | { wrong: string }

/** Does once whatever the load is of: a request, a query. It throws when there is no answer. */
export type Send = (call: Call) => Promise<Answer>

/** What a load sends with, and what is released after it. */
export type Sender = AsyncDisposable & { send: Send }

export type Outcome = { kind: 'ok' | 'timed out' } | { kind: 'wrong' | 'failed'; code: string }

/** A call that has come to its end; all instants from the start of the load. */
export type SettledCall = {
  number: number
  intendedMs: number
  startedMs: number
  settledMs: number
  outcome: Outcome
  traceparent: string | undefined
}

/** What a thrown value is counted as: its code (`ECONNRESET`, `40P01`), else its name. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
