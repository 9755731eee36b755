import { createHash } from 'node:crypto'

/** Whom a fault may hit: both address pairs and times, by which a trace can be linked to it. */
export type ConnectionReference = {
  /** Counted from 0 in the order of acceptance. */
  id: number
  /** The client's end and the proxy's, as `host:port`. */
  client: { remote: string; local: string }
  /** The proxy's end and the server's, once there is a connection. */
  upstream?: { local: string; remote: string }
  /** Epoch milliseconds. */
  openedAt: number
  closedAt?: number
}

export type RequestReference = {
  /** Counted from 0 among the requests that the fault's filter lets through. */
  id: number
  method: string
  path: string
}

/** One decision: whether a toxic hit a connection, or a fault a request. */
export type Hit = {
  index: number
  name: string
  type: string
  hit: boolean
  /** What was drawn for it; of a latency with jitter, for its first bytes. */
  delayMs?: number
  /** Epoch milliseconds. */
  at: number
  connection: ConnectionReference
  request?: RequestReference
}

/** What was decided so far. `hits` has the latest, `total` counts all. */
export type HitListReport = { seed: number; total: number; hash: string; hits: Hit[] }

export type HitList = {
  record(hit: Omit<Hit, 'index' | 'at'>): void
  report(): HitListReport
}

const mostHits = 5_000

/**
 * Every decision in its order. The hash covers what the seed decides and nothing else, so that it is
 * the same wherever the same was asked for in the same order.
 */
export function createHitList(seed: number): HitList {
  const hash = createHash('sha256')
  let hits: Hit[] = []
  let total = 0
  return {
    record: (hit) => {
      const { name, type, hit: isHit, delayMs = null, connection, request } = hit
      const subject = request ? ['request', request.id] : ['connection', connection.id]
      hash.update(`${JSON.stringify([...subject, name, type, isHit, delayMs])}\n`)
      hits.push({ index: total, at: Date.now(), ...hit })
      total += 1
      if (hits.length >= 2 * mostHits) hits = hits.slice(-mostHits)
    },
    report: () => ({
      seed,
      total,
      hash: hash.copy().digest('hex'),
      hits: hits.slice(-mostHits),
    }),
  }
}
