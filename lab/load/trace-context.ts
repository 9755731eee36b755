import type { Random } from '../random.ts'

/**
 * Draws for each call whether it carries a trace id, and which: the `traceparent` header of W3C Trace
 * Context, sampled. The same seed marks the same calls with the same ids.
 */
export function drawTraces({ share, random }: { share: number; random: Random }) {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => random.integer(0, 15).toString(16)).join('')
  return (): string | undefined => {
    if (random.fraction() >= share) return undefined
    // The format forbids ids of zeros only: the first digit never is one.
    const identifier = (digits: number) => random.integer(1, 15).toString(16) + hex(digits - 1)
    return `00-${identifier(32)}-${identifier(16)}-01`
  }
}
