import { createHash } from 'node:crypto'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Seeded random numbers: the same seed and labels always give the same sequence. */
export type Random = {
  /** Uniform integer, both ends included. */
  integer(low: number, high: number): number
  /** Uniform in [0, 1). */
  fraction(): number
  pick<Item>(items: readonly [Item, ...Item[]]): Item
}

/**
 * A generator of its own for each purpose: `labels` (round, arm, use) keep two sequences of one
 * seed apart. Generator: xoroshiro128+ (Blackman and Vigna, 2018), from pure-rand.
 */
export function createRandom(seed: number, ...labels: (string | number)[]): Random {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, ...labels]))
    .digest()
  const generator = xoroshiro128plus(digest.readInt32LE(0))
  const integer = (low: number, high: number) => uniformInt(generator, low, high)
  return {
    integer,
    fraction: () => uniformFloat64(generator),
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
  }
}
