import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import type { Proxy } from './proxy.ts'
import { dial, echo, proxied, readAll } from './testing/sockets.ts'
import { streams, type Stream, type ToxicRequest } from './toxic.ts'

/** Toxics that may do anything to a stream but lose something of it. */
const harmless: fc.Arbitrary<ToxicRequest> = fc.oneof(
  fc.record({
    type: fc.constant('latency' as const),
    attributes: fc.record({
      latency: fc.integer({ min: 0, max: 30 }),
      jitter: fc.integer({ min: 0, max: 30 }),
    }),
  }),
  fc.record({
    type: fc.constant('bandwidth' as const),
    attributes: fc.record({ rate: fc.constantFrom(0, 5_000, 50_000) }),
  }),
  fc.record({
    type: fc.constant('slicer' as const),
    attributes: fc.record({
      average_size: fc.integer({ min: 1_000, max: 20_000 }),
      size_variation: fc.integer({ min: 0, max: 900 }),
      delay: fc.integer({ min: 0, max: 500 }),
    }),
  }),
  fc.record({
    type: fc.constant('slow_close' as const),
    attributes: fc.record({ delay: fc.integer({ min: 0, max: 20 }) }),
  }),
)

type Step = {
  waitMs: number
  what: string
  stream: Stream
  toxicity: number
  toxic: ToxicRequest
}

const step: fc.Arbitrary<Step> = fc.record({
  waitMs: fc.integer({ min: 0, max: 8 }),
  what: fc.constantFrom('add', 'change', 'remove'),
  stream: fc.constantFrom(...streams),
  toxicity: fc.constantFrom(0, 0.5, 1),
  toxic: harmless,
})

async function carryOut(proxy: Proxy, steps: Step[]): Promise<void> {
  for (const { waitMs, what, stream, toxicity, toxic } of steps) {
    await delay(waitMs)
    const name = `${toxic.type}_${stream}`
    const exists = proxy.toxics.all().some((other) => other.name === name)
    if (what === 'remove' || (what === 'add' && exists)) {
      if (exists) proxy.toxics.remove(name)
    } else if (exists) {
      proxy.toxics.change(name, { toxicity, attributes: { ...toxic.attributes } })
    } else proxy.toxics.add({ ...toxic, stream, toxicity })
  }
  proxy.toxics.clear()
}

test('whatever changes while bytes are on their way, none is lost, doubled or overtaken', async () => {
  const bytes = randomBytes(2_000_000)
  const sum = (buffer: Buffer): string => createHash('sha256').update(buffer).digest('hex')
  await using peer = await proxied(echo)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const transfers = [1, 2, 3].map(async () => {
        const socket = await dial(peer.proxy)
        socket.end(bytes)
        return sum(await readAll(socket))
      })
      await carryOut(peer.proxy, steps)
      expect(new Set(await Promise.all(transfers))).toEqual(new Set([sum(bytes)]))
    }),
    { numRuns: inject('depth') === 'full' ? 300 : 15 },
  )
}, 300_000)
