import { once } from 'node:events'
import { Agent, createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test, vi } from 'vitest'
import { startProxy, type Proxy } from '../proxy.ts'
import { dial, readAll, patience } from '../testing/sockets.ts'

/** A server that speaks HTTP, and a proxy before it. */
async function setUp(listener: RequestListener, seed = 7) {
  await using stack = new AsyncDisposableStack()
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const upstream = `127.0.0.1:${port}`
  const proxy = stack.use(await startProxy({ upstream, protocol: 'http', seed }))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  stack.defer(() => agent.destroy())
  const held = stack.move()
  return { proxy, agent, server, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

type Asked = { path?: string; method?: string; headers?: Record<string, string>; body?: string }

async function ask(
  { proxy, agent }: { proxy: Proxy; agent: Agent },
  { path = '/', method = 'GET', headers = {}, body }: Asked = {},
) {
  const { host, port } = proxy.address
  const request = httpRequest({ host, port, agent, path, method, headers })
  request.end(body)
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  const startedAt = performance.now()
  return { status: answer.statusCode, answer, body: await text(answer), startedAt }
}

const hello: RequestListener = (_, response) => void response.end('hello')

test('a delay holds the answer for its time', async () => {
  await using peer = await setUp(hello)
  peer.proxy.faults.add({ type: 'delay', attributes: { distribution: 'constant', ms: 120 } })
  for (const hold of ['response', 'request']) {
    peer.proxy.faults.change('delay', { hold })
    const startedAt = performance.now()
    expect((await ask(peer)).body).toBe('hello')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(119.5)
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  }
})

test('a delay of the request is one before the server; of the answer, one after it', async () => {
  const seen = Promise.withResolvers<void>()
  await using peer = await setUp((_, response) => {
    seen.resolve()
    response.end('done')
  })
  const attributes = { distribution: 'constant', ms: 600_000 } as const
  peer.proxy.faults.add({ type: 'delay', attributes })
  const answer = ask(peer).catch(() => 'gone')
  await seen.promise
  peer.agent.destroy()
  expect(await answer).toBe('gone')
})

test('answers in the server’s place, which never hears of it', async () => {
  let heard = 0
  await using peer = await setUp((_, response) => {
    heard += 1
    response.end()
  })
  peer.proxy.faults.add({
    type: 'status',
    attributes: { status: 503, body: 'later', headers: { 'retry-after': '7' } },
  })
  const { status, body, answer } = await ask(peer, { method: 'POST', body: 'x'.repeat(100_000) })
  expect([status, body, answer.headers['retry-after'], heard]).toEqual([503, 'later', '7', 0])
})

test('after the commit: the server has done its work, and the client is told that it failed', async () => {
  const committed: string[] = []
  await using peer = await setUp(async (request, response) => {
    const body = await text(request)
    response.write('begun, ')
    committed.push(body)
    response.end('done')
  })
  const fault = peer.proxy.faults
  fault.add({ type: 'status', attributes: { status: 500, afterCommit: true } })
  expect((await ask(peer, { method: 'POST', body: 'one' })).status).toBe(500)
  fault.remove('status')
  fault.add({ type: 'drop', attributes: { afterCommit: true } })
  await expect(ask(peer, { method: 'POST', body: 'two' })).rejects.toMatchObject({
    code: 'ECONNRESET',
  })
  fault.clear()
  expect((await ask(peer, { method: 'POST', body: 'three' })).body).toBe('begun, done')
  expect(committed).toEqual(['one', 'two', 'three'])
})

test('before the commit: a reset, and the server never hears of it', async () => {
  let heard = 0
  await using peer = await setUp((_, response) => {
    heard += 1
    response.end()
  })
  peer.proxy.faults.add({ type: 'drop' })
  await expect(ask(peer)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(heard).toBe(0)
})

test('the first so many fail, the others succeed', async () => {
  await using peer = await setUp(hello)
  peer.proxy.faults.add({ type: 'status', first: 3, attributes: { status: 500 } })
  const statuses = []
  for (let turn = 0; turn < 6; turn++) statuses.push((await ask(peer)).status)
  expect(statuses).toEqual([500, 500, 500, 200, 200, 200])
})

test('cuts a body: in the middle, or cleanly, as if that were all', async () => {
  const whole = 'row\n'.repeat(1_000)
  await using peer = await setUp((_, response) => void response.end(whole))
  peer.server.keepAliveTimeout = 0 // the cut is to end it, and not the server's impatience
  peer.proxy.faults.add({ type: 'truncate', attributes: { bytes: 1_002 } })
  const socket = await dial(peer.proxy)
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const raw = String(await readAll(socket))
  expect(raw).toContain('Content-Length: 4000')
  expect(raw.slice(raw.indexOf('\r\n\r\n') + 4)).toBe(whole.slice(0, 1_002))
  await expect(ask(peer)).rejects.toThrow('aborted')
  peer.proxy.faults.change('truncate', { attributes: { bytes: 0 } })
  await expect(ask(peer)).rejects.toThrow('aborted')
  peer.proxy.faults.change('truncate', { attributes: { bytes: 1_002 } })

  peer.proxy.faults.change('truncate', { attributes: { clean: true } })
  const cut = await ask(peer)
  expect(cut.body).toBe(whole.slice(0, 1_002))
  expect(cut.answer.complete).toBe(true)
  peer.proxy.faults.change('truncate', { attributes: { bytes: 0 } })
  expect((await ask(peer)).body).toBe('')
  peer.proxy.faults.change('truncate', { attributes: { bytes: 5_000 } })
  expect((await ask(peer)).body).toBe(whole)
})

test('changes the headers of an answer', async () => {
  await using peer = await setUp((_, response) => {
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-version', '2')
    response.end('hello')
  })
  const attributes = { set: { 'X-Version': '1' }, remove: ['Cache-Control'] }
  peer.proxy.faults.add({ type: 'header', attributes })
  const { answer } = await ask(peer)
  expect(answer.headers).toMatchObject({ 'x-version': '1' })
  expect(answer.headers).not.toHaveProperty('cache-control')
})

test('hits only what its filter lets through', async () => {
  await using peer = await setUp(hello)
  peer.proxy.faults.add({
    type: 'status',
    filter: {
      path: '/api/quotes/*/accept',
      methods: ['POST'],
      headers: { 'X-Tenant': 'acme', 'x-trace': '*' },
    },
    attributes: { status: 500 },
  })
  const hit = {
    path: '/api/quotes/7/accept?by=me',
    method: 'POST',
    headers: { 'x-tenant': 'acme', 'x-trace': 'any' },
  }
  const statusOf = async (asked: Asked) => (await ask(peer, { ...hit, ...asked })).status
  expect(await statusOf({})).toBe(500)
  expect(await statusOf({ path: '/api/quotes/7/lines/accept' })).toBe(200)
  expect(await statusOf({ path: '/api/quotes/7' })).toBe(200)
  expect(await statusOf({ method: 'PUT' })).toBe(200)
  expect(await statusOf({ headers: { 'x-tenant': 'acme' } })).toBe(200)
  expect(await statusOf({ headers: { 'x-tenant': 'other', 'x-trace': 'any' } })).toBe(200)
  expect(peer.proxy.hits().hits).toHaveLength(1)
})

test('the same seed hits the same requests, whatever else goes through', async () => {
  const run = async (seed: number, others: number) => {
    await using peer = await setUp(hello, seed)
    const filter = { path: '/watched' }
    peer.proxy.faults.add({ type: 'status', filter, share: 0.3, attributes: { status: 500 } })
    const attributes = { distribution: 'exponential', meanMs: 0.5 } as const
    peer.proxy.faults.add({ type: 'delay', filter, share: 0.5, attributes })
    const statuses = []
    for (let turn = 0; turn < 40; turn++) {
      for (let other = 0; other < others; other++) await ask(peer, { path: '/other' })
      statuses.push((await ask(peer, { path: '/watched' })).status)
    }
    const { hash, hits } = peer.proxy.hits()
    return { statuses, hash, hits: hits.map(({ name, hit, delayMs }) => [name, hit, delayMs]) }
  }
  const first = await run(1, 0)
  expect(await run(1, 2)).toEqual(first)
  expect(first.statuses.filter((status) => status === 500).length).toBeGreaterThan(3)
  expect(first.statuses.filter((status) => status === 500).length).toBeLessThan(25)
  const other = await run(2, 0)
  expect(other.hash).not.toBe(first.hash)
  expect(other.statuses).not.toEqual(first.statuses)
})

test('a fault that is not right is refused, and nothing is injected', async () => {
  await using peer = await setUp(hello)
  const wrong: [asked: unknown, says: RegExp][] = [
    [{ type: 'dealy' }, /type: "dealy" was given; expected 'delay'/],
    [
      { type: 'status', attributes: { status: 99 } },
      /status: 99 is beyond the limit: at least 200/,
    ],
    [{ type: 'delay', attributes: { distribution: 'gauss' } }, /"gauss" was given/],
    [{ type: 'drop', share: 2 }, /share: 2 is beyond the limit: at most 1/],
    [{ type: 'drop', filter: { path: 'x' } }, /must begin with \//],
    [{ type: 'drop', filter: { path: `/${'*a'.repeat(9)}` } }, /too many stars/],
    [{ type: 'drop', filter: { query: 'x' } }, /no field "query"/],
    [
      { type: 'header', attributes: { set: { x: 'a\r\nInjected: yes' } } },
      /is no value of a header/,
    ],
  ]
  for (const [asked, says] of wrong) {
    expect(() => peer.proxy.faults.add(asked as never)).toThrow(says)
  }
  expect(peer.proxy.faults.all()).toEqual([])
  expect((await ask(peer)).status).toBe(200)
})

test('the first fault of a proxy that passed bytes closes what it could not understand', async () => {
  await using peer = await setUp(hello)
  const { proxy } = peer
  await using plain = await startProxy({ upstream: proxy.describe().upstream })
  const through = { proxy: plain, agent: peer.agent }
  expect((await ask(through)).status).toBe(200)
  plain.faults.add({ type: 'status', attributes: { status: 500 } })
  await vi.waitFor(() => expect(plain.connections()).toBe(0), patience)
  expect((await ask(through)).status).toBe(500)
})

test('toxics act upon a connection whose requests are understood', async () => {
  await using peer = await setUp(hello)
  peer.proxy.toxics.add({ type: 'latency', attributes: { latency: 80 } })
  const startedAt = performance.now()
  expect((await ask(peer)).body).toBe('hello')
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(79.5)
})
