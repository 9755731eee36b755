import { expect, test } from 'vitest'
import type { HitListReport } from './hit-list.ts'
import { dial, echo, proxied, roundTripMs } from './testing/sockets.ts'

/** A proxy on which the same things happen: three toxics, thirty connections, a change on the way. */
async function run(seed: number): Promise<HitListReport> {
  await using peer = await proxied(echo, { seed })
  const { toxics } = peer.proxy
  toxics.add({ type: 'latency', toxicity: 0.3, attributes: { latency: 2, jitter: 2 } })
  toxics.add({ type: 'slicer', stream: 'upstream', toxicity: 0.5, attributes: { average_size: 3 } })
  for (let index = 0; index < 30; index++) {
    if (index === 15) toxics.change('latency_downstream', { toxicity: 0.6 })
    const socket = await dial(peer.proxy)
    await roundTripMs(socket, 'hello')
    if (index % 2 === 0) socket.destroy()
  }
  return peer.proxy.hits()
}

const decided = ({ hits }: HitListReport) =>
  hits.map(({ connection, name, hit, delayMs }) => [connection.id, name, hit, delayMs])

test('the same seed hits the same connections, with the same delays; another hits others', async () => {
  const [first, again, other] = [await run(7), await run(7), await run(8)]
  expect(again.hash).toBe(first.hash)
  expect(decided(again)).toEqual(decided(first))
  expect(other.hash).not.toBe(first.hash)
  expect(decided(other)).not.toEqual(decided(first))
  const hits = first.hits.filter(({ hit }) => hit).length
  expect(hits).toBeGreaterThan(5)
  expect(hits).toBeLessThan(first.total - 5)
})

test('what is hit can be found again: both ends of both connections, and when', async () => {
  await using peer = await proxied(echo)
  peer.proxy.toxics.add({ type: 'latency', attributes: { latency: 1 } })
  const before = Date.now()
  const socket = await dial(peer.proxy)
  await roundTripMs(socket)
  const [hit] = peer.proxy.hits().hits
  const { host, port } = peer.proxy.address
  expect(hit).toMatchObject({
    ...{ index: 0, name: 'latency_downstream', type: 'latency', hit: true, delayMs: 1 },
    connection: {
      id: 0,
      client: { remote: `127.0.0.1:${socket.localPort}`, local: `${host}:${port}` },
      upstream: { remote: peer.proxy.describe().upstream },
    },
  })
  expect(hit?.at).toBeGreaterThanOrEqual(before)
  expect(hit?.connection.openedAt).toBeGreaterThanOrEqual(before)
})

test('a toxicity of a half hits about half', async () => {
  await using peer = await proxied(echo, { seed: 5 })
  peer.proxy.toxics.add({ type: 'slow_close', toxicity: 0.5 })
  for (let index = 0; index < 200; index++) (await dial(peer.proxy)).destroy()
  const { hits } = peer.proxy.hits()
  const hit = hits.filter((entry) => entry.hit).length
  expect(hit).toBeGreaterThan(70)
  expect(hit).toBeLessThan(130)
})
