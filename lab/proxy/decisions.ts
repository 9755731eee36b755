import { createRandom } from '../random.ts'
import { createHitList, type ConnectionReference, type Hit, type HitList } from './hit-list.ts'
import type { Toxic } from './toxic.ts'
import { delayOf, swingOf } from './toxics/latency.ts'

/**
 * What the seed decides about connections. Each connection and toxic has sequences of its own, so
 * that what happens to one is the same whatever happens to the others.
 */
export type Decisions = {
  hits: HitList
  /** Whether a toxic hits a connection; remembered in the hit list. */
  decide(toxic: Toxic, connection: ConnectionReference): Pick<Hit, 'hit' | 'delayMs'>
  /** What a toxic draws from while it works on a connection: uniform in [0, 1). */
  drawFor(toxic: Toxic, connection: ConnectionReference): () => number
}

export function createDecisions(seed: number): Decisions {
  const hits = createHitList(seed)
  const drawFor = ({ name }: Toxic, { id }: ConnectionReference): (() => number) => {
    const { fraction } = createRandom(seed, 'bytes', name, id)
    return fraction
  }
  return {
    hits,
    drawFor,
    decide: (toxic, connection) => {
      const { name, type, toxicity } = toxic
      const hit =
        toxicity === 1 || createRandom(seed, 'toxic', name, connection.id).fraction() < toxicity
      const delay =
        hit && toxic.type === 'latency'
          ? { delayMs: firstDelay(toxic.attributes, () => drawFor(toxic, connection)()) }
          : {}
      hits.record({ name, type, hit, ...delay, connection })
      return { hit, ...delay }
    },
  }
}

function firstDelay(
  { latency, jitter }: { latency: number; jitter: number },
  draw: () => number,
): number {
  return jitter === 0 ? latency : Math.max(0, delayOf(latency, jitter, swingOf(draw())))
}
