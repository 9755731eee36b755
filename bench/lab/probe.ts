import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export async function connectTo(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  return socket
}

export interface Pings {
  connections: number
  turns: number
  /** How much later each connection begins than the one before. */
  apartMs: number
  /** How long each rests between an echo and the next word. @default 0 */
  restMs?: number
}

/** A word sent and its echo awaited, so many times on each of so many connections: every time in ms. */
export async function roundTripsMs(
  port: number,
  { connections, turns, apartMs, restMs = 0 }: Pings,
): Promise<number[]> {
  const measured = Array.from({ length: connections }, async (_, index) => {
    const socket = await connectTo(port)
    socket.write('echo')
    await once(socket, 'data')
    await delay(index * apartMs)
    const times = await pingPong(socket, turns, restMs)
    socket.destroy()
    return times
  })
  return (await Promise.all(measured)).flat()
}

function pingPong(socket: Socket, turns: number, restMs: number): Promise<number[]> {
  const { promise, resolve, reject } = Promise.withResolvers<number[]>()
  const word = Buffer.alloc(64, 'x')
  const times: number[] = []
  let sentAt = 0
  let missing = 0
  const send = (): void => {
    missing = word.length
    sentAt = performance.now()
    socket.write(word)
  }
  socket.on('error', reject)
  socket.on('data', ({ length }) => {
    missing -= length
    if (missing > 0) return
    times.push(performance.now() - sentAt)
    if (times.length === turns) resolve(times)
    else if (restMs > 0) setTimeout(send, restMs)
    else send()
  })
  send()
  return promise
}

/** Bytes per second of a download over so many connections at once. */
export async function bytesPerSecond(
  port: number,
  { connections, bytes }: { connections: number; bytes: number },
): Promise<number> {
  const sockets = await Promise.all(Array.from({ length: connections }, () => connectTo(port)))
  const start = performance.now()
  const received = await Promise.all(
    sockets.map(async (socket) => {
      let count = 0
      socket.on('data', ({ length }) => (count += length))
      socket.write(`send ${bytes}`)
      await once(socket, 'close')
      return count
    }),
  )
  const total = received.reduce((sum, count) => sum + count, 0)
  if (total !== bytes * connections) throw new Error(`${total} bytes came, not all of them`)
  return total / ((performance.now() - start) / 1_000)
}

/** The value below which this share of them lies. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
