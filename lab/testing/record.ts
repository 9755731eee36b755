import type { RunRecord } from '../api-types.ts'

/** A record as a run would leave it, for tests of what is made from records. */
export function exampleRecord(changes: Partial<RunRecord> = {}): RunRecord {
  const total = (figures: number[]) => figures.reduce((sum, figure) => sum + figure, 0)
  const arm = (killed: number[], goodput: number[]): RunRecord['arms']['control'] => ({
    metrics: {
      killed: { value: total(killed), interval: [total(killed), total(killed)], rounds: killed },
      goodput: {
        value: total(goodput) / goodput.length,
        interval: [Math.min(...goodput), Math.max(...goodput)],
        rounds: goodput,
      },
    },
  })
  return {
    id: 'f0e1d2c3-0000-4000-8000-000000000001',
    name: 'deadlock',
    category: 'database',
    seed: 7,
    scheduleHash: 'ab'.repeat(32),
    verdict: 'as hypothesised',
    words: ['The fault landed.', 'The remedy holds.'],
    asHypothesised: true,
    landed: 'confirmed',
    demonstrated: true,
    remedyHolds: true,
    restored: true,
    probe: { asked: '> 0', measured: 7, measuredInControl: 0 },
    recoveryMs: 3,
    arms: {
      control: arm([0, 0, 0], [812, 790, 840]),
      failure: arm([3, 2, 2], [210, 190, 240]),
      remedy: arm([0, 0, 0], [700, 690, 720]),
    },
    bounds: [
      {
        arm: 'failure',
        metric: 'killed',
        bound: '> 0',
        value: 7,
        interval: [7, 7],
        outcome: 'met',
      },
    ],
    rounds: 3,
    depth: 'full',
    parameters: { writers: 16 },
    versions: { lab: '0.1.0', node: '26.10.0' },
    machine: { platform: 'linux x64', processor: 'Example', cores: 2, memoryBytes: 8e9 },
    startedAt: '2026-11-25T00:00:00.000Z',
    durationMs: 12_345,
    ...changes,
  }
}
