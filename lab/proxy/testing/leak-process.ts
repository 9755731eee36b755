import { readdirSync } from 'node:fs'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { dial, echo, proxied, readAll } from './sockets.ts'

/**
 * Opens and closes connections through a proxy, in every way in which they end, and prints what is
 * left behind: `{before, after}`, each with descriptors and heap bytes after a collection.
 */
const [count = 0] = process.argv.slice(2).map(Number)
/** As many as fill the list of hits, which is as long as it may be from then on. */
const warmUp = 2_500
const atOnce = 50

await using peer = await proxied(echo, { seed: 1 })
const { toxics } = peer.proxy
toxics.add({ type: 'latency', toxicity: 0.2, attributes: { latency: 1 } })
toxics.add({ type: 'timeout', stream: 'upstream', toxicity: 0.1, attributes: { timeout: 60_000 } })
toxics.add({ type: 'reset_peer', toxicity: 0.1, attributes: {} })
toxics.add({ type: 'slow_close', toxicity: 0.2, attributes: { delay: 1 } })

await connectAndClose(warmUp)
const before = await measure()
await connectAndClose(count)
console.log(JSON.stringify({ before, after: await measure() }))

async function connectAndClose(connections: number): Promise<void> {
  let left = connections
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left > 0) await one(left--)
    }),
  )
}

/** One that ends as it should, one that is reset, one that leaves without a word. */
async function one(index: number): Promise<void> {
  const socket = await dial(peer.proxy)
  const closed = once(socket, 'close').catch(() => {})
  socket.write('hello')
  if (index % 3 === 0) {
    socket.end()
    await Promise.race([readAll(socket), delay(100)])
  } else if (index % 3 === 1) socket.resetAndDestroy()
  socket.destroy()
  await closed
}

async function measure() {
  while (peer.proxy.connections() > 0) await delay(10)
  for (let turn = 0; turn < 5; turn++) {
    await delay(100)
    globalThis.gc?.()
  }
  const { heapUsed, external } = process.memoryUsage()
  return { descriptors: readdirSync('/proc/self/fd').length, bytes: heapUsed + external }
}
