import { randomUUID } from 'node:crypto'

/** An answer as a program sees it. `body` is parsed JSON. */
export type Answer = { status: number; body: unknown }

export type Refusal = {
  code?: string
  title?: string
  detail?: string
  rules?: { id: string; document: string }[]
}

/** What to send along: the version that the change is based on, and the key that makes a retry harmless. */
export type Sending = { version?: number; key?: string }

/** Somebody at a browser: keeps the session's cookie and speaks PET's API. */
export type Person = {
  /** Whatever the answer is. */
  try: (method: string, path: string, body?: unknown, sending?: Sending) => Promise<Answer>
  /** @throws Error with the refusal's words when the answer is not 2xx. */
  get: <Body>(path: string) => Promise<Body>
  post: <Body>(path: string, body: unknown, sending?: Sending) => Promise<Body>
  put: <Body>(path: string, body: unknown, sending?: Sending) => Promise<Body>
}

const patienceMs = 30_000

export function personAt(url: string): Person {
  let cookie: string | undefined

  const attempt: Person['try'] = async (method, path, body, { version, key } = {}) => {
    const response = await fetch(new URL(path, url), {
      method,
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        ...(cookie !== undefined && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(version !== undefined && { 'if-match': `"${version}"` }),
        ...(method !== 'GET' && { 'idempotency-key': key ?? randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const [session] = response.headers.getSetCookie()
    if (session !== undefined) cookie = session.split(';', 1)[0]
    return { status: response.status, body: await response.json() }
  }

  const insist = async <Body>(...request: Parameters<Person['try']>): Promise<Body> => {
    const { status, body } = await attempt(...request)
    if (status >= 200 && status < 300) return body as Body
    const { title, detail } = body as Refusal
    throw new Error(`${request[0]} ${request[1]} was answered ${status}: ${title}. ${detail}`)
  }

  return {
    try: attempt,
    get: (path) => insist('GET', path),
    post: (path, body, sending) => insist('POST', path, body, sending),
    put: (path, body, sending) => insist('PUT', path, body, sending),
  }
}
