import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, inject, test } from 'vitest'
import type { Proxy } from './proxy.ts'
import { dial, echo, proxied } from './testing/sockets.ts'
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

/** Sends for as long as it may, and answers whether exactly that came back. */
async function transfer(proxy: Proxy, mayGoOn: () => boolean): Promise<boolean> {
  const socket = await dial(proxy)
  const [sent, received] = [createHash('sha256'), createHash('sha256')]
  socket.on('data', (bytes: Buffer) => received.update(bytes))
  const ended = once(socket, 'end')
  while (mayGoOn()) {
    const bytes = randomBytes(30_000)
    sent.update(bytes)
    if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), delay(5)])
    await delay(1)
  }
  socket.end()
  await ended
  return sent.digest('hex') === received.digest('hex')
}

test('whatever changes while bytes are on their way, none is lost, doubled or overtaken', async () => {
  await using peer = await proxied(echo)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      let isChanging = true
      const transfers = [1, 2, 3].map(() => transfer(peer.proxy, () => isChanging))
      await carryOut(peer.proxy, steps)
      isChanging = false
      expect(await Promise.all(transfers)).toEqual([true, true, true])
    }),
    { numRuns: inject('depth') === 'full' ? 300 : 20 },
  )
}, 300_000)
