import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

declare module 'vitest' {
  interface ProvidedContext {
    /** How much a test does: `inject('depth')`; counts are in full under `npm run test:full` only. */
    depth: 'quick' | 'full'
  }
}

const elsewhere = ['**/node_modules/**', '**/dist/**']

export default defineConfig({
  test: {
    // Vitest leaves one processor free, which on two means one file after the other; most of ours wait for others.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        test: {
          name: 'pure',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...elsewhere, '**/*.{db,web}.test.ts'],
          provide: { depth: depth() },
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'real',
          include: ['**/*.{db,web}.test.ts'],
          exclude: elsewhere,
          globalSetup: ['./postgres/vitest-setup.ts', './web/testing/vitest-setup.ts'],
          provide: { depth: depth() },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})

function depth(): 'quick' | 'full' {
  const { TEST_DEPTH: asked = 'quick' } = process.env
  if (asked === 'quick' || asked === 'full') return asked
  throw new Error(`TEST_DEPTH is "${asked}"; expected quick or full`)
}
