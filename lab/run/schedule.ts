import type { Arm } from '../api-types.ts'
import { hashOf } from '../canonical.ts'
import { createRandom } from '../random.ts'
import type { Scenario } from '../scenario.ts'

/** What happens in one round: the order of the arms, and the load and injections, drawn once for
 * all three. */
export type RoundPlan = { order: readonly Arm[]; schedule: unknown }

const arms: readonly Arm[] = ['control', 'failure', 'remedy']
const roundsInHash = 3

/** One round's plan: depends on scenario, parameters, seed and the round's number alone. */
export function planRound(
  scenario: Pick<Scenario, 'schedule'>,
  { parameters, seed, round }: { parameters: Record<string, unknown>; seed: number; round: number },
): RoundPlan {
  // Each arm comes first, second and last equally often, so that no place favours one of them.
  const order = arms.map((_, place) => arms[(place + round) % arms.length] ?? 'control')
  const random = createRandom(seed, 'schedule', round)
  return { order, schedule: scenario.schedule?.({ parameters, random }) ?? null }
}

/**
 * SHA-256 of the injection schedule. The first rounds stand for all: a run that needed more rounds
 * than another followed the same schedule for longer.
 */
export function scheduleHash(
  scenario: Pick<Scenario, 'name' | 'version' | 'schedule'>,
  { parameters, seed }: { parameters: Record<string, unknown>; seed: number },
): string {
  const rounds = Array.from({ length: roundsInHash }, (_, round) =>
    planRound(scenario, { parameters, seed, round }),
  )
  const { name, version = 1 } = scenario
  return hashOf({ name, version, parameters, seed, rounds })
}
