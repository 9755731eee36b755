import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { dial, echo, endOf, proxied, readAll, roundTripMs, patience } from './testing/sockets.ts'
import { streams, type Stream } from './toxic.ts'

/**
 * Each toxic seen from outside, both ways. Lower bounds are strict: nothing may come early. Upper ones
 * are wide, for a machine that is busy; how precise it is on a quiet one is measured in `bench/`.
 */
const slackMs = 2_000
const earlyMs = 0.5 // of a clock that is read before and after

/** A connection by way of a proxy, and the ends at which what the toxic does to a stream is seen. */
async function oneWay(stream: Stream) {
  const accepted = Promise.withResolvers<Socket>()
  const peer = await proxied((socket) => accepted.resolve(socket))
  const client = await dial(peer.proxy)
  const server = await accepted.promise
  const [sender, receiver] = stream === 'upstream' ? [client, server] : [server, client]
  return { ...peer, sender, receiver, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() }
}

async function sinceMs(startedAt: number, what: Promise<unknown>): Promise<number> {
  await what
  return performance.now() - startedAt
}

function expectBetween(ms: number, least: number): void {
  expect(ms).toBeGreaterThanOrEqual(least - earlyMs)
  expect(ms).toBeLessThan(least + slackMs)
}

describe.each(streams)('%s', (stream) => {
  test('latency holds every byte, and the end, for its time', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'latency', stream, attributes: { latency: 150 } })
    const startedAt = performance.now()
    const received = once(receiver, 'data')
    const ended = once(receiver, 'end')
    sender.end('hello')
    expectBetween(await sinceMs(startedAt, received), 150)
    expectBetween(await sinceMs(startedAt, ended), 150)
  })

  test('latency lets the next bytes follow at once: it is no bandwidth', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'latency', stream, attributes: { latency: 100 } })
    const startedAt = performance.now()
    const whole = readAll(receiver)
    for (let turn = 0; turn < 50; turn++) {
      sender.write(Buffer.alloc(1_000))
      await new Promise((settle) => setImmediate(settle))
    }
    sender.end()
    expect((await whole).length).toBe(50_000)
    expectBetween(performance.now() - startedAt, 100)
  })

  test('jitter stays within its limits, and nothing overtakes', async () => {
    await using peer = await proxied(echo, { seed: 3 })
    peer.proxy.toxics.add({ type: 'latency', stream, attributes: { latency: 30, jitter: 25 } })
    const socket = await dial(peer.proxy)
    const figures: number[] = []
    for (let turn = 0; turn < 20; turn++) figures.push(await roundTripMs(socket))
    expect(Math.min(...figures)).toBeGreaterThanOrEqual(5 - earlyMs)
    expect(Math.min(...figures)).toBeLessThan(30)
    expect(Math.max(...figures)).toBeGreaterThan(30)
    socket.end(Array.from({ length: 2_000 }, (_, index) => `${index},`).join(''))
    expect(String(await readAll(socket))).toMatch(/^0,1,2,3,.*,1998,1999,$/)
  })

  test('bandwidth keeps to its rate', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'bandwidth', stream, attributes: { rate: 1_000 } })
    const startedAt = performance.now()
    const whole = readAll(receiver)
    sender.end(Buffer.alloc(300_000))
    expect((await whole).length).toBe(300_000)
    expectBetween(performance.now() - startedAt, 300)
  })

  test('bandwidth of 0 lets nothing through until it is removed', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'bandwidth', stream, attributes: { rate: 0 } })
    let received = 0
    receiver.on('data', ({ length }: Buffer) => (received += length))
    sender.end('held')
    await new Promise((settle) => setTimeout(settle, 100))
    expect(received).toBe(0)
    const ended = once(receiver, 'end')
    proxy.toxics.remove(`bandwidth_${stream}`)
    await ended
    expect(received).toBe(4)
  })

  test('slow_close passes bytes at once and the end late', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'slow_close', stream, attributes: { delay: 200 } })
    let endedAt = Infinity
    receiver.once('end', () => (endedAt = performance.now()))
    const startedAt = performance.now()
    const received = once(receiver, 'data')
    sender.end('hello')
    await received
    expect(endedAt).toBe(Infinity)
    await vi.waitFor(() => expect(endedAt).toBeLessThan(Infinity), { timeout: slackMs })
    expectBetween(endedAt - startedAt, 200)
  })

  test('timeout lets nothing through and closes both ends', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    const startedAt = performance.now()
    proxy.toxics.add({ type: 'timeout', stream, attributes: { timeout: 150 } })
    const closed = [endOf(sender), endOf(receiver)]
    receiver.on('data', () => expect.unreachable())
    sender.write('lost')
    expect(await Promise.all(closed)).toEqual(['end', 'end'])
    expectBetween(performance.now() - startedAt, 150)
  })

  test('timeout of 0 drops until it is removed, and then closes what has a hole', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'timeout', stream, attributes: { timeout: 0 } })
    const whole = readAll(receiver)
    sender.write('lost')
    await new Promise((settle) => setTimeout(settle, 100))
    expect(receiver.readableEnded).toBe(false)
    proxy.toxics.remove(`timeout_${stream}`)
    expect(String(await whole)).toBe('')
  })

  test('a timeout that nothing came through leaves the connection as it was', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'timeout', stream, attributes: { timeout: 0 } })
    proxy.toxics.remove(`timeout_${stream}`)
    sender.end('all is well')
    expect(String(await readAll(receiver))).toBe('all is well')
  })

  test('reset_peer resets both ends, its time after the first bytes', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'reset_peer', stream, attributes: { timeout: 100 } })
    const ends = [endOf(sender), endOf(receiver)]
    const startedAt = performance.now()
    sender.write('now')
    expect(await Promise.all(ends)).toEqual(['reset', 'reset'])
    expectBetween(performance.now() - startedAt, 100)
  })

  test('slicer cuts into pieces that come one after the other', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    const attributes = { average_size: 100, size_variation: 40, delay: 5_000 }
    proxy.toxics.add({ type: 'slicer', stream, attributes })
    const pieces: Buffer[] = []
    receiver.on('data', (piece: Buffer) => pieces.push(piece))
    const sent = randomBytes(2_000)
    const startedAt = performance.now()
    const ended = once(receiver, 'end')
    sender.end(sent)
    await ended
    expect(Buffer.concat(pieces).equals(sent)).toBe(true)
    // Of 60 to 140 bytes each: 15 to 34 pieces, the first of them at once.
    expectBetween(performance.now() - startedAt, 14 * 5)
    expect(pieces.length).toBeGreaterThan(1) // a busy reader sees some of them together
  })

  test('limit_data lets so many bytes through, and closes', async () => {
    await using peer = await oneWay(stream)
    const { proxy, sender, receiver } = peer
    proxy.toxics.add({ type: 'limit_data', stream, attributes: { bytes: 100_000 } })
    const sent = randomBytes(150_000)
    const whole = readAll(receiver)
    const ended = endOf(sender)
    sender.write(sent)
    expect((await whole).equals(sent.subarray(0, 100_000))).toBe(true)
    expect(await ended).toBe('end')
  })
})

test('a latency of one direction is none of the other’s', async () => {
  await using peer = await oneWay('upstream')
  const { proxy, sender, receiver } = peer
  proxy.toxics.add({ type: 'latency', stream: 'downstream', attributes: { latency: 3_600_000 } })
  const received = once(receiver, 'data')
  sender.write('unhindered')
  expect(String((await received)[0])).toBe('unhindered')
})

test('a removed latency lets go what it holds', async () => {
  await using peer = await oneWay('upstream')
  const { proxy, sender, receiver } = peer
  proxy.toxics.add({ type: 'latency', stream: 'upstream', attributes: { latency: 3_600_000 } })
  const whole = readAll(receiver)
  sender.end('at last')
  await vi.waitFor(() => expect(proxy.bytes().upstream.received).toBe(7), patience)
  proxy.toxics.remove('latency_upstream')
  expect(String(await whole)).toBe('at last')
})

test('a changed latency acts upon what is held', async () => {
  await using peer = await oneWay('downstream')
  const { proxy, sender, receiver } = peer
  proxy.toxics.add({ type: 'latency', attributes: { latency: 3_600_000 } })
  const whole = readAll(receiver)
  sender.end('sooner')
  await vi.waitFor(() => expect(proxy.bytes().downstream.received).toBe(6), patience)
  proxy.toxics.change('latency_downstream', { attributes: { latency: 1 } })
  expect(String(await whole)).toBe('sooner')
})

test('two latencies add up', async () => {
  await using peer = await proxied(echo)
  peer.proxy.toxics.add({ type: 'latency', name: 'one', attributes: { latency: 60 } })
  peer.proxy.toxics.add({ type: 'latency', name: 'two', attributes: { latency: 70 } })
  expectBetween(await roundTripMs(await dial(peer.proxy)), 130)
})
