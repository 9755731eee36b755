import { Pool, type Dispatcher } from 'undici'
import type { Call } from './call.ts'
import { endRequestSpan, startRequestSpan } from './request-span.ts'

export type HttpRequest = {
  /** @default 'GET' */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
  path: string
  headers?: Record<string, string>
  body?: string
}

export type HttpAnswer = {
  status: number
  headers: Dispatcher.ResponseData['headers']
  body: string
}

/** Connections to one origin, kept alive; as many as there are requests under way. */
export type HttpClient = AsyncDisposable & {
  /**
   * Sends a request for a call: with its trace id, and given up when its signal is aborted. Nothing
   * is retried, no redirect followed. A given path is sent as it is.
   *
   * @throws what undici throws, whose `code` says what happened, such as `UND_ERR_SOCKET`.
   */
  exchange(request: HttpRequest, call: Pick<Call, 'signal' | 'traceparent'>): Promise<HttpAnswer>
}

const mostAnswerBytes = 64 * 1024 * 1024

/**
 * Opens a client on undici's dispatcher: of what there is for Node it takes the least processor time
 * (see decisions/0020), which a load shares with its subject.
 */
export function openHttpClient(origin: string): HttpClient {
  const pool = new Pool(origin, { pipelining: 1, maxResponseSize: mostAnswerBytes })
  return {
    exchange: (request, { signal, traceparent }) =>
      traceparent === undefined
        ? exchange(pool, request, { signal, traceparent })
        : exchangeTraced(pool, request, { signal, traceparent }),
    [Symbol.asyncDispose]: () => pool.destroy(),
  }
}

async function exchangeTraced(
  pool: Pool,
  request: HttpRequest,
  { signal, traceparent: drawn }: { signal: AbortSignal; traceparent: string },
): Promise<HttpAnswer> {
  const { method = 'GET', path } = request
  const traced = startRequestSpan({ method, path }, drawn)
  try {
    const answer = await exchange(pool, request, { signal, traceparent: traced.traceparent })
    endRequestSpan(traced, answer)
    return answer
  } catch (error) {
    endRequestSpan(traced, { error })
    throw error
  }
}

function exchange(
  pool: Pool,
  { method = 'GET', path, headers, body }: HttpRequest,
  { signal, traceparent }: Pick<Call, 'signal' | 'traceparent'>,
): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const chunks: Buffer[] = []
  let controller: Dispatcher.DispatchController | undefined
  let head: Pick<HttpAnswer, 'status' | 'headers'> = { status: 0, headers: {} }
  const abort = () => {
    controller?.abort(signal.reason)
    reject(signal.reason) // also while the request waits for its connection
  }
  signal.addEventListener('abort', abort, { once: true })
  const traced = traceparent === undefined ? {} : { traceparent }
  pool.dispatch(
    { method, path, headers: { ...headers, ...traced }, body: body ?? null },
    {
      onRequestStart: (started) => {
        controller = started
        if (signal.aborted) abort()
      },
      onResponseStart: (_, status, received) => (head = { status, headers: received }),
      onResponseData: (_, chunk) => chunks.push(chunk),
      onResponseEnd: () => {
        signal.removeEventListener('abort', abort)
        resolve({ ...head, body: Buffer.concat(chunks).toString() })
      },
      onResponseError: (_, error) => {
        signal.removeEventListener('abort', abort)
        reject(error)
      },
    },
  )
  return promise
}
