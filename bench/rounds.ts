import type { Result } from './result.ts'

export interface Comparison {
  name: string
  unit: string
  /** Each measures once and returns its figure; more is better. */
  measureOurs: () => Promise<number>
  peers: Peer[]
  rounds: number
  onProgress: (message: string) => void
}

export interface Peer {
  peer: string
  /** The ratio to reach. */
  goal: number
  measure: () => Promise<number>
}

/**
 * Measures ours and its peers in interleaved rounds, each time in the other order, after a round
 * that does not count. What slows the machine down for a while so falls on all: ratios hold where
 * absolute figures drift. A result for each peer.
 */
export async function compare(comparison: Comparison): Promise<Result[]> {
  const { name, unit, measureOurs, peers, rounds, onProgress } = comparison
  const measures = [measureOurs, ...peers.map(({ measure }) => measure)]
  const measured: number[][] = []
  for (let round = 0; round <= rounds; round += 1) {
    const figures: number[] = []
    const order = [...measures.keys()]
    for (const index of round % 2 === 1 ? order.toReversed() : order) {
      figures[index] = (await measures[index]?.()) ?? 0
    }
    if (round === 0) continue
    measured.push(figures)
    const shown = figures.map((figure) => Math.round(figure).toLocaleString('en'))
    onProgress(`${name}: round ${round} of ${rounds}: ${shown.join(' | ')}`)
  }
  const figuresOf = (index: number): number[] => measured.map((figures) => figures[index] ?? 0)
  const ours = figuresOf(0)
  return peers.map(({ peer, goal }, index) => {
    const peers = figuresOf(index + 1)
    const ratio = median(ours.map((figure, round) => figure / (peers[round] ?? 0)))
    const [value, peerValue] = [median(ours), median(peers)]
    return { name, value, unit, peer, peerValue, ratio, goal, met: ratio >= goal }
  })
}

/** The middle of the values; of an even number, between the two. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN
  const upper = sorted[Math.floor(middle)] ?? Number.NaN
  return (lower + upper) / 2
}
