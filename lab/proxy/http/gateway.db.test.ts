import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { randomBytes } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { startProxy } from '../proxy.ts'
import { dial, endOf, readAll, patience } from '../testing/sockets.ts'

/** What understands HTTP must pass on what it is not to touch as if it were not there. */
async function setUp(listener: RequestListener, prepare?: (server: Server) => void) {
  await using stack = new AsyncDisposableStack()
  const server = createServer(listener)
  prepare?.(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const proxy = stack.use(await startProxy({ upstream: `127.0.0.1:${port}`, protocol: 'http' }))
  const url = `http://127.0.0.1:${proxy.address.port}`
  const held = stack.move()
  return { proxy, url, server, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

const raw = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`

test('a connection that is kept open is one to the server, too', async () => {
  let connections = 0
  await using peer = await setUp(
    (_, response) => void response.end('x'),
    (server) => server.on('connection', () => (connections += 1)),
  )
  const socket = await dial(peer.proxy)
  socket.write(raw('GET /1 HTTP/1.1', 'Host: x').repeat(5))
  socket.write(raw('GET /last HTTP/1.1', 'Host: x', 'Connection: close'))
  const answers = String(await readAll(socket))
  expect(answers.match(/HTTP\/1.1 200 OK/g)).toHaveLength(6)
  expect(connections).toBe(1)
})

test('headers stay as they came; those of the neighbours only do not go on', async () => {
  let seen: string[] = []
  await using peer = await setUp((request, response) => {
    seen = request.rawHeaders
    response.sendDate = false
    response.writeHead(200, [
      ...['X-Twice', 'a', 'X-Twice', 'b', 'Keep-Alive', 'timeout=9', 'X-Mine', 'secret'],
      ...['Connection', 'keep-alive, X-Mine', 'Content-Length', '2'],
    ])
    response.end('ok')
  })
  const socket = await dial(peer.proxy)
  socket.write(
    raw(
      ...['GET / HTTP/1.1', 'Host: pet.example', 'X-oDd: 1', 'x-odd: 2', 'TE: trailers'],
      ...['Connection: close, X-Only-Here', 'X-Only-Here: 1', 'Proxy-Connection: close'],
    ),
  )
  const answer = String(await readAll(socket))
  expect(seen).toEqual([
    ...['Host', 'pet.example', 'X-oDd', '1', 'x-odd', '2', 'Connection', 'keep-alive'],
  ])
  expect(answer).toBe(
    raw(
      ...['HTTP/1.1 200 OK', 'X-Twice: a', 'X-Twice: b', 'Content-Length: 2'],
      'Connection: close',
    ) + 'ok',
  )
})

test('bodies are streamed both ways, in chunks, with trailers, however large', async () => {
  await using peer = await setUp((request, response) => {
    response.setHeader('trailer', 'x-sum')
    request.pipe(response, { end: false })
    request.once('end', () => {
      response.addTrailers({ 'x-sum': String(request.trailers['x-question']) })
      response.end()
    })
  })
  const sent = randomBytes(5_000_000)
  const request = httpRequest(peer.url, { method: 'POST', headers: { trailer: 'x-question' } })
  request.write(sent.subarray(0, 10))
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  request.write(sent.subarray(10))
  request.addTrailers({ 'x-question': 'why' })
  request.end()
  expect((await buffer(answer)).equals(sent)).toBe(true)
  expect(answer.trailers).toEqual({ 'x-sum': 'why' })
})

test('an event stream comes event by event, its head before the first', async () => {
  const more = Promise.withResolvers<void>()
  await using peer = await setUp(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    await more.promise
    response.write('data: one\n\n')
  })
  const request = httpRequest(peer.url).end()
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  more.resolve()
  expect(String((await once(answer, 'data'))[0])).toBe('data: one\n\n')
  request.destroy()
})

test('a client that leaves has left the server', async () => {
  const left = Promise.withResolvers<void>()
  await using peer = await setUp((request) => void request.once('close', left.resolve))
  const socket = await dial(peer.proxy)
  socket.write(raw('GET / HTTP/1.1', 'Host: x'))
  await vi.waitFor(() => expect(peer.proxy.connections()).toBe(1), patience)
  await once(peer.server, 'request', { signal: AbortSignal.timeout(50) }).catch(() => {})
  socket.resetAndDestroy()
  await left.promise
})

test('methods without a body, answers without one, and 100 Continue', async () => {
  await using peer = await setUp(async (request, response) => {
    response.setHeader('x-got', `${request.method} ${await text(request)}`)
    if (request.url === '/nothing') response.statusCode = 204
    response.end(request.url === '/nothing' ? undefined : 'body')
  })
  const head = await fetch(peer.url, { method: 'HEAD' })
  expect([head.headers.get('x-got'), await head.text()]).toEqual(['HEAD', ''])
  const nothing = await fetch(`${peer.url}/nothing`, { method: 'DELETE' })
  expect([nothing.status, nothing.headers.get('x-got')]).toEqual([204, 'DELETE'])
  const empty = await fetch(peer.url, { method: 'POST' })
  expect([empty.headers.get('x-got'), await empty.text()]).toEqual(['POST', 'body'])
  const socket = await dial(peer.proxy)
  socket.write(
    raw(
      'PUT / HTTP/1.1',
      'Host: x',
      'Content-Length: 4',
      'Expect: 100-continue',
      'Connection: close',
    ),
  )
  expect(String((await once(socket, 'data'))[0])).toBe(raw('HTTP/1.1 100 Continue'))
  socket.write('four')
  expect(String(await readAll(socket))).toContain('x-got: PUT four')
})

test('after the upgrade to a WebSocket, bytes go through as they are, at once and both ways', async () => {
  await using peer = await setUp(
    (_, response) => void response.end(),
    (server) =>
      server.on('upgrade', ({ headers }, socket, head) => {
        const answer = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket']
        const accept = `Sec-WebSocket-Accept: ${headers['sec-websocket-key']}`
        socket.write(raw(...answer, 'Connection: Upgrade', accept) + 'server first, ')
        socket.write(head)
        socket.pipe(socket)
      }),
  )
  const socket = await dial(peer.proxy)
  const asked = ['GET /chat HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: WebSocket']
  socket.write(raw(...asked, 'Sec-WebSocket-Key: key') + 'client at once, ')
  socket.end('and later')
  const received = String(await readAll(socket))
  expect(received).toContain('Sec-WebSocket-Accept: key')
  expect(received).toContain('server first, client at once, and later')
  await vi.waitFor(() => expect(peer.proxy.connections()).toBe(0), patience)
})

test('a server that breaks off in the middle has broken off for the client', async () => {
  await using peer = await setUp((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half', () => response.socket?.resetAndDestroy())
  })
  const socket = await dial(peer.proxy)
  socket.write(raw('GET / HTTP/1.1', 'Host: x'))
  expect(await endOf(socket)).toBe('reset')
})

test('a server that is not there is a bad gateway, in a sentence', async () => {
  await using proxy = await startProxy({ upstream: '127.0.0.1:1', protocol: 'http' })
  const response = await fetch(`http://127.0.0.1:${proxy.address.port}`)
  expect(response.status).toBe(502)
  expect(await response.json()).toEqual({
    status: 502,
    error: expect.stringContaining('127.0.0.1:1 did not answer: connect ECONNREFUSED'),
  })
})

test('a server that closes a connection at rest has closed the client’s', async () => {
  await using peer = await setUp((_, response) => {
    const { socket } = response
    response.end('x', () => setTimeout(() => socket?.end(), 50))
  })
  const socket = await dial(peer.proxy)
  const whole = readAll(socket)
  socket.write(raw('GET / HTTP/1.1', 'Host: x'))
  expect(String(await whole)).toContain('200 OK')
})
