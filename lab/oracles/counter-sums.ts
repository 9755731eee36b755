import type { Increment } from './history.ts'

/**
 * The fewest increments that add up to more than `sum`; nothing where all of them do not. The largest
 * come first, so that the rest without any one of them no longer does.
 */
export function smallestAbove(
  increments: readonly Increment[],
  sum: number,
): Increment[] | undefined {
  const chosen: Increment[] = []
  let total = 0
  for (const increment of increments.toSorted((a, b) => b.by - a.by)) {
    if (total > sum) break
    chosen.push(increment)
    total += increment.by
  }
  return total > sum ? chosen : undefined
}

/** The fewest increments whose loss makes the others add up to `sum` at most. */
export function fewestLost(increments: readonly Increment[], sum: number): number {
  let total = increments.reduce((all, { by }) => all + by, 0)
  let lost = 0
  for (const { by } of increments.toSorted((a, b) => b.by - a.by)) {
    if (total <= sum) break
    total -= by
    lost++
  }
  return lost
}
