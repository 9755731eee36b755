import type { Depth } from '../api-types.ts'
import type { Scenario } from '../scenario.ts'

const usual = { least: 5, most: 15 }
const quick = { least: 3, most: 6 }

/** Rounds to begin with and at most: those of the scenario, of which a quick run takes few. */
export function roundsAt(
  depth: Depth,
  { rounds = usual }: Pick<Scenario, 'rounds'>,
): { least: number; most: number } {
  if (depth === 'full') return rounds
  return { least: Math.min(rounds.least, quick.least), most: Math.min(rounds.most, quick.most) }
}
