import type { Duplex } from 'node:stream'
import type { Toxic } from './toxic.ts'
import { createStage } from './toxics/create-stage.ts'
import { end, fewBytes, type Item, type Sink, type Stage } from './toxics/stage.ts'

/** What the links of a proxy hold in their toxics, together. */
export type Budget = { heldBytes: number; readonly mostBytes: number }

export type LinkOptions = {
  from: Duplex
  to: Duplex
  budget: Budget
  /** The sequence from which a toxic of this link draws. */
  drawFor(toxic: Toxic): () => number
  /** Ends the connection when all has arrived that was let through. */
  close(): void
  reset(): void
}

/** One direction of a connection: from a socket through the toxics to the other. */
export type Link = {
  start(): void
  /** The toxics that are to be at work from now on, in this order. What is held stays in order. */
  setToxics(toxics: readonly Toxic[]): void
  stop(): void
}

type Placed = { toxic: Toxic; stage: Stage }

/**
 * Without toxics bytes go from socket to socket. A slow reader slows the writer, and so does a toxic
 * that holds as much as it may: what is held is bounded, for each link and for all together.
 */
export function createLink(options: LinkOptions): Link {
  const { from, to, budget, drawFor } = options
  let placed: Placed[] = []
  let first: Sink | undefined
  let mostBytes = 0
  let heldBytes = 0
  let state: 'waiting' | 'open' | 'closing' | 'ended' | 'stopped' = 'waiting'

  const count = (bytes: number): void => {
    if (state === 'stopped') return
    heldBytes += bytes
    budget.heldBytes += bytes
  }
  const destination: Sink = {
    take: (item) => {
      if (state === 'stopped' || state === 'ended') return
      if (item === end) {
        if (state === 'closing') return options.close()
        state = 'ended'
        to.end()
      } else {
        count(-item.length)
        to.write(item)
        holdBack()
      }
    },
  }
  const holdBack = (): void => {
    if (state !== 'open') return
    const most = budget.heldBytes > budget.mostBytes ? fewBytes : mostBytes
    const isPaused = from.isPaused()
    // The gap between the two limits keeps the source from being switched with every chunk.
    if (to.writableNeedDrain || heldBytes > (isPaused ? most / 2 : most)) from.pause()
    else if (isPaused) from.resume()
  }
  const takeFrom = (item: Item): void => {
    if (state !== 'open') return
    if (first === undefined) {
      if (item === end) destination.take(end)
      else if (!to.write(item)) from.pause()
      return
    }
    if (item !== end) count(item.length)
    first.take(item)
    holdBack()
  }
  const connect = (): void => {
    placed.forEach(({ stage }, index) => (stage.next = placed[index + 1]?.stage ?? destination))
    first = placed[0]?.stage
    mostBytes = placed.reduce((sum, { stage }) => sum + stage.mostHeldBytes(), 0)
  }
  const takeOut = (out: Placed): void => {
    placed = placed.filter((other) => other !== out)
    connect()
    out.stage.release()
  }
  const closeBehind = (stage: Stage): void => {
    if (state === 'stopped' || state === 'closing') return
    if (state === 'ended') return options.close()
    state = 'closing'
    from.resume() // what still comes is read and forgotten, or the system would reset the connection
    stage.next.take(end)
  }
  const place = (toxic: Toxic): Placed => {
    const stage: Stage = createStage(toxic, {
      next: destination,
      draw: drawFor(toxic),
      drop: (bytes) => count(-bytes),
      close: () => closeBehind(stage),
      reset: options.reset,
    })
    return { toxic, stage }
  }

  return {
    start: () => {
      state = 'open'
      from.on('data', takeFrom)
      from.once('end', () => takeFrom(end))
      to.on('drain', holdBack)
      from.resume()
    },
    setToxics: (toxics) => {
      if (state === 'stopped') return
      // The last first, so that what another holds is not given to one that goes as well.
      for (const out of placed.toReversed()) {
        if (!toxics.some(({ name }) => name === out.toxic.name)) takeOut(out)
      }
      placed = toxics.map(
        (toxic) => placed.find((kept) => kept.toxic.name === toxic.name) ?? place(toxic),
      )
      connect()
      toxics.forEach((toxic, index) => {
        const kept = placed[index]
        if (!kept || kept.toxic === toxic) return
        kept.toxic = toxic
        kept.stage.change(toxic)
      })
      connect()
      holdBack()
    },
    stop: () => {
      state = 'stopped'
      for (const { stage } of placed) stage.stop()
      budget.heldBytes -= heldBytes
      heldBytes = 0
    },
  }
}
