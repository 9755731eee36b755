import type { Result } from './result.ts'

export interface Comparison {
  name: string
  unit: string
  peer: string
  /** The ratio to reach. */
  goal: number
  /** Each measures once and returns its figure; more is better. */
  measureOurs: () => Promise<number>
  measurePeer: () => Promise<number>
  rounds: number
  onRound?: (round: number, ours: number, peer: number) => void
}

/**
 * Measures two things in interleaved rounds, each time in the other order, after a round that does
 * not count. What slows the machine down for a while so falls on both: ratios hold where absolute
 * figures drift.
 */
export async function compare(comparison: Comparison): Promise<Result> {
  const { name, unit, peer, goal, measureOurs, measurePeer, rounds } = comparison
  const measured: { ours: number; peers: number }[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const peerFirst = round % 2 === 1
    const early = peerFirst ? await measurePeer() : undefined
    const ours = await measureOurs()
    const peers = early ?? (await measurePeer())
    if (round === 0) continue
    measured.push({ ours, peers })
    comparison.onRound?.(round, ours, peers)
  }
  const ratio = median(measured.map(({ ours, peers }) => ours / peers))
  const value = median(measured.map(({ ours }) => ours))
  const peerValue = median(measured.map(({ peers }) => peers))
  return { name, value, unit, peer, peerValue, ratio, goal, met: ratio >= goal }
}

/** The middle of the values; of an even number, between the two. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return (lower + upper) / 2
}
