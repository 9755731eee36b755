import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { createHttpServer, type HttpServer } from './server.ts'
import { type EventSourceOf, sendEvents } from './server-sent-events.ts'

const open: HttpServer[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()))
})

/** Real sockets: an injected request has no connection that could break. */
async function streamOf(source: EventSourceOf) {
  const app = createHttpServer()
  open.push(app)
  let ended!: Promise<void>
  app.get('/events', { config: { policy: 'public' } }, (request, reply) => {
    ended = sendEvents(request, reply, source, { heartbeatMs: 5 })
    return ended
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const listener = new AbortController()
  const response = await fetch(`${address}/events`, { signal: listener.signal })
  return { app, response, leave: () => listener.abort(), ended: () => ended }
}

/** Reads until the text holds what is waited for. */
async function readUntil(response: Response, wanted: RegExp): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  const reader = response.body!.getReader()
  while (!wanted.test(text)) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  reader.releaseLock()
  return text
}

async function* threeEvents() {
  yield { id: '1', event: 'round', data: { round: 1 } }
  yield { data: 'line\nbreak' }
  yield { event: 'forged\ndata: x', data: null }
}

/** Waits until nobody listens. */
async function* silence(listening: AbortSignal) {
  yield { data: 'first' }
  if (!listening.aborted) await once(listening, 'abort')
}

test('events come as they are, one field on one line, and the answer ends with its source', async () => {
  const { response } = await streamOf(threeEvents())
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
  const text = (await response.text()).replaceAll(':\n\n', '')
  expect(text).toBe(
    [
      'id: 1\nevent: round\ndata: {"round":1}\n\n',
      'data: "line\\nbreak"\n\n',
      'event: forged data: x\ndata: null\n\n',
    ].join(''),
  )
})

test('a silent connection is kept awake', async () => {
  const { response, leave } = await streamOf(silence)
  expect(await readUntil(response, /"first"[^]*:\n\n:\n\n/)).toContain('data: "first"')
  leave()
})

test('a listener who leaves ends the source', async () => {
  const { response, leave, ended } = await streamOf(silence)
  await readUntil(response, /first/)
  leave()
  await ended()
})

test('a source that only its iterator can end is ended as well', async () => {
  const returned = Promise.withResolvers<void>()
  let count = 0
  const endless = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: { data: count++ } }),
      return: async () => {
        returned.resolve()
        return { done: true as const, value: undefined }
      },
    }),
  }
  const { response, leave, ended } = await streamOf(endless)
  await readUntil(response, /data: 3/)
  leave()
  await Promise.all([ended(), returned.promise])
})

test('a listener who does not read slows the source', async () => {
  let made = 0
  async function* flood() {
    for (made = 0; made < 2_000; made++) {
      yield { data: 'x'.repeat(100_000) }
      await new Promise(setImmediate)
    }
  }
  const { leave, ended } = await streamOf(flood())
  let before = -1
  while (before !== made) {
    before = made
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(made).toBeLessThan(2_000)
  leave()
  await ended()
})

test('a server that closes ends the answer', async () => {
  const { app, response, ended } = await streamOf(silence)
  await readUntil(response, /first/)
  await app.close()
  await ended()
})

test('a source that fails cuts the connection, so that the browser asks again', async () => {
  async function* broken() {
    yield { data: 1 }
    throw new Error('gone')
  }
  const { response } = await streamOf(broken())
  await expect(response.text()).rejects.toThrow()
})
