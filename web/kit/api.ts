import { nanoid } from 'nanoid'
import { ProblemError, type ProblemDetails } from './problem-error.ts'

export type RequestOptions = {
  body?: unknown
  /** The version that the change was made against: goes out as `If-Match`. */
  version?: number
  /** Give the same key again to repeat a write whose answer was lost. @default a new one */
  commandId?: string
  signal?: AbortSignal
}

const patienceMs = 30_000

/** One request to PET's API. Resolves with the parsed answer, or throws a `ProblemError`. */
export async function request<Answer>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { body, version, commandId, signal }: RequestOptions = {},
): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (version !== undefined) headers['if-match'] = `"${version}"`
  if (method !== 'GET') headers['idempotency-key'] = commandId ?? newCommandId()
  const timeLimit = AbortSignal.timeout(patienceMs)
  const response = await fetch(path, {
    method,
    headers,
    signal: signal ? AbortSignal.any([signal, timeLimit]) : timeLimit,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw unreachable()
  })
  if (!response.ok) throw new ProblemError(await detailsOf(response))
  return (response.status === 204 ? undefined : await response.json()) as Answer
}

export function newCommandId(): string {
  return nanoid()
}

function unreachable(): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'PET does not answer',
    status: 0,
    detail: 'The server could not be reached. Check the connection; nothing was lost on this page.',
  })
}

async function detailsOf(response: Response): Promise<ProblemDetails> {
  const answer: unknown = await response.json().catch(() => undefined)
  const unnamed = { type: 'about:blank', title: `The server answered ${response.status}` }
  if (typeof answer !== 'object' || answer === null) return { ...unnamed, status: response.status }
  // better-auth answers in a shape of its own: { code, message }.
  const named = 'message' in answer &&
    typeof answer.message === 'string' && { title: answer.message }
  return { ...unnamed, ...named, ...answer, status: response.status }
}
