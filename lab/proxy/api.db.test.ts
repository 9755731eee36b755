import { expect, test } from 'vitest'
import { startProxyServer } from './server.ts'
import { dial, echo, readAll, startPeer } from './testing/sockets.ts'
import { parseAddress } from './address.ts'

async function setUp() {
  await using stack = new AsyncDisposableStack()
  const { address: upstream } = stack.use(await startPeer(echo))
  const server = stack.use(await startProxyServer({ port: 0 }))
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { 'user-agent': 'curl/8.0', ...headers },
      ...(body !== undefined && { body: text }),
    })
    const answer = await response.text()
    return { status: response.status, body: answer === '' ? '' : (JSON.parse(answer) as unknown) }
  }
  const held = stack.move()
  return { upstream, server, ask, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

const wrongProxies: [what: string, body: unknown, says: RegExp][] = [
  ['no JSON', '{', /no JSON/],
  ['no object', [], /expected object/],
  ['no name', { upstream: '127.0.0.1:1' }, /name: nothing was given/],
  ['a name with a slash', { name: 'a/b', upstream: '127.0.0.1:1' }, /name: "a\/b" was given/],
  ['no upstream', { name: 'x' }, /upstream: nothing was given/],
  ['no port', { name: 'x', upstream: 'localhost' }, /expected host:port/],
  ['an unknown field', { name: 'x', upstream: '127.0.0.1:1', speed: 1 }, /no field "speed"/],
  [
    'a host that is not ours',
    { name: 'x', listen: '192.0.2.1:0', upstream: 'h:1' },
    /no address of/,
  ],
]

test.each(wrongProxies)('a proxy with %s is refused, and there is none', async (_, body, says) => {
  await using setup = await setUp()
  const answer = await setup.ask('POST', '/proxies', body)
  expect(answer).toEqual({ status: 400, body: { status: 400, error: expect.stringMatching(says) } })
  expect(await setup.ask('GET', '/proxies')).toEqual({ status: 200, body: {} })
})

const wrongToxics: [what: string, body: unknown, says: RegExp][] = [
  ['an unknown type', { type: 'laency' }, /type: "laency" was given; expected 'latency'/],
  ['an unknown attribute', { type: 'latency', attributes: { delay: 1 } }, /no field "delay"/],
  [
    'a latency beyond the limit',
    { type: 'latency', attributes: { latency: 4e6 } },
    /attributes.latency: 4000000 is beyond the limit: at most 3600000/,
  ],
  [
    'a negative rate',
    { type: 'bandwidth', attributes: { rate: -1 } },
    /rate: -1 is beyond the limit/,
  ],
  [
    'text for a number',
    { type: 'timeout', attributes: { timeout: '1' } },
    /timeout: "1" was given/,
  ],
  [
    'a toxicity of 2',
    { type: 'latency', toxicity: 2 },
    /toxicity: 2 is beyond the limit: at most 1/,
  ],
  ['an unknown stream', { type: 'latency', stream: 'sideways' }, /stream: "sideways" was given/],
  ['slices of nothing', { type: 'slicer' }, /attributes: nothing was given/],
  [
    'slices that vary too much',
    { type: 'slicer', attributes: { average_size: 5, size_variation: 5 } },
    /must be smaller than average_size/,
  ],
]

test('a toxic that is not right is refused, and nothing is injected', async () => {
  await using setup = await setUp()
  const { ask, upstream } = setup
  await ask('POST', '/proxies', { name: 'db', upstream })
  for (const [what, body, says] of wrongToxics) {
    const answer = await ask('POST', '/proxies/db/toxics', body)
    const error = { status: 400, error: expect.stringMatching(says) }
    expect(answer, what).toEqual({ status: 400, body: error })
  }
  await ask('POST', '/proxies/db/toxics', { type: 'latency', attributes: { latency: 1 } })
  const change = await ask('PATCH', '/proxies/db/toxics/latency_downstream', {
    toxicity: 0.5,
    attributes: { latency: -1 },
  })
  expect(change.status).toBe(400)
  expect((await ask('GET', '/proxies/db/toxics')).body).toEqual([
    {
      ...{ name: 'latency_downstream', type: 'latency', stream: 'downstream', toxicity: 1 },
      attributes: { latency: 1, jitter: 0 },
    },
  ])
})

test('what is not there is 404, what is there already is 409', async () => {
  await using setup = await setUp()
  const { ask, upstream } = setup
  const proxy = { name: 'db', upstream }
  expect((await ask('POST', '/proxies', proxy)).status).toBe(201)
  expect(await ask('POST', '/proxies', proxy)).toEqual({
    status: 409,
    body: { status: 409, error: 'proxy already exists: "db"' },
  })
  expect((await ask('POST', '/proxies/db/toxics', { type: 'latency' })).status).toBe(200)
  expect((await ask('POST', '/proxies/db/toxics', { type: 'latency' })).status).toBe(409)
  for (const path of ['/proxies/no', '/proxies/no/toxics', '/proxies/db/toxics/no', '/nowhere']) {
    expect(await ask('GET', path)).toMatchObject({ status: 404, body: { status: 404 } })
  }
  for (const path of ['/proxies/no', '/proxies/db/toxics/no', '/proxies/db/faults/no']) {
    expect((await ask('DELETE', path)).status).toBe(404)
  }
  expect((await ask('DELETE', '/proxies/db/toxics/latency_downstream')).status).toBe(204)
  expect((await ask('DELETE', '/proxies/db')).status).toBe(204)
})

test('a port that is taken is said, and nothing is half-created', async () => {
  await using setup = await setUp()
  const { ask, upstream } = setup
  const taken = { name: 'x', listen: upstream, upstream }
  const says = { status: 409, error: expect.stringContaining('is taken') }
  expect(await ask('POST', '/proxies', taken)).toEqual({ status: 409, body: says })

  await ask('POST', '/proxies', { name: 'old', upstream })
  await ask('POST', '/proxies/old/toxics', { type: 'latency', attributes: { latency: 1 } })
  const before = await ask('GET', '/proxies')
  const moved = { name: 'old', upstream: '127.0.0.1:1' }
  const list = [{ name: 'new', upstream }, moved, taken]
  expect(await ask('POST', '/populate', list)).toEqual({ status: 409, body: says })
  expect(await ask('GET', '/proxies')).toEqual(before)
  const twice = [
    { name: 'new', upstream },
    { name: 'new', upstream },
  ]
  expect(await ask('POST', '/populate', twice)).toMatchObject({ status: 400 })
  expect(await ask('GET', '/proxies')).toEqual(before)
})

test('populate leaves what is as asked, and replaces what is not', async () => {
  await using setup = await setUp()
  const { ask, upstream } = setup
  await ask('POST', '/populate', [
    { name: 'same', upstream },
    { name: 'other', upstream },
  ])
  for (const name of ['same', 'other']) {
    await ask('POST', `/proxies/${name}/toxics`, { type: 'latency' })
  }
  const answer = await ask('POST', '/populate', [
    { name: 'same', upstream },
    { name: 'other', upstream: '127.0.0.1:1' },
  ])
  expect(answer).toMatchObject({
    status: 201,
    body: {
      proxies: [
        { name: 'same', upstream, toxics: [{ name: 'latency_downstream' }] },
        { name: 'other', upstream: '127.0.0.1:1', toxics: [] },
      ],
    },
  })
})

test('reads what curl sends, and keeps browsers out', async () => {
  await using setup = await setUp()
  const { ask, upstream } = setup
  const asForm = { 'content-type': 'application/x-www-form-urlencoded' }
  const created = await ask('POST', '/proxies', { name: 'db', upstream }, asForm)
  expect(created.status).toBe(201)
  for (const headers of [
    { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' },
    { origin: 'https://example.com' },
  ]) {
    expect(await ask('GET', '/proxies', undefined, headers)).toMatchObject({ status: 403 })
  }
})

test('a body beyond the limit is refused', async () => {
  await using setup = await setUp()
  const answer = await setup.ask('POST', '/proxies', `"${'x'.repeat(1024 * 1024)}"`)
  expect(answer).toMatchObject({ status: 413, body: { status: 413 } })
})

test('counts what it passes on, for Prometheus', async () => {
  await using setup = await setUp()
  const { server, upstream } = setup
  const proxy = await server.proxies.create({ name: 'db', upstream })
  const socket = await dial(proxy)
  socket.end('12345')
  await readAll(socket)
  const text = await (await fetch(`${server.url}/metrics`)).text()
  const listener = proxy.describe().listen
  for (const direction of ['upstream', 'downstream']) {
    for (const family of ['received', 'sent']) {
      const labels = `direction="${direction}",proxy="db",listener="${listener}",upstream="${upstream}"`
      expect(text).toContain(`toxiproxy_proxy_${family}_bytes_total{${labels}} 5\n`)
    }
  }
  expect(parseAddress('listen', listener).port).toBeGreaterThan(0)
})
