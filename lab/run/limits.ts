import { LabProblem } from '../lab-problem.ts'

/** Limits of what may be asked of any run, on every door. */
export const limits = { seed: { least: 0, most: 2_147_483_647 }, rounds: { least: 1, most: 50 } }

/** Checks a seed or a number of rounds. @throws LabProblem `bad-parameter` that names the limit. */
export function checkLimit(name: keyof typeof limits, value: number): number {
  const { least, most } = limits[name]
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value
  const sentence = `${name}: ${value} was given, but it is a whole number from ${least} to ${most}`
  throw new LabProblem('bad-parameter', sentence, name)
}

/** A seed for a run that was given none; the record names it. */
export function anySeed(): number {
  return Math.floor(Math.random() * limits.seed.most)
}
