import type { Arm, RunEvent } from '@pet/lab/api-types'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterEvents, nothingSeen } from './live-run.ts'

const sample = fc.record({
  event: fc.constant('sample' as const),
  data: fc.record({
    arm: fc.constantFrom<Arm>('control', 'failure', 'remedy'),
    metric: fc.constantFrom('killed', 'goodput'),
    atMs: fc.nat(),
    value: fc.integer(),
  }),
})

test('events in two parts come to the same as all at once, and change nothing seen before', () => {
  fc.assert(
    fc.property(fc.array(sample), fc.array(sample), (first, second) => {
      const between = afterEvents(nothingSeen, first)
      const before = structuredClone(between)
      expect(afterEvents(between, second)).toEqual(afterEvents(nothingSeen, [...first, ...second]))
      expect(between).toEqual(before)
    }),
  )
})

test('points never grow without end', () => {
  let run = nothingSeen
  for (let round = 0; round < 20; round += 1) {
    const events = Array.from({ length: 500 }, (_, index): RunEvent => ({
      event: 'sample',
      data: { arm: 'control', metric: 'm', atMs: round * 500 + index, value: 1 },
    }))
    run = afterEvents(run, events)
  }
  expect(run.samples['m']?.control.atMs.length).toBeLessThanOrEqual(2_000)
})

test('the last progress stands, and an end ends it', () => {
  const progress = { round: 1, rounds: 3, phase: 'running', message: 'x', elapsedMs: 1 } as const
  const run = afterEvents(nothingSeen, [
    { event: 'progress', data: progress },
    { event: 'progress', data: { ...progress, round: 2 } },
    { event: 'ended', data: { status: 'cancelled', reason: 'asked to' } },
  ])
  expect(run.progress?.round).toBe(2)
  expect(run.ended).toBe(true)
})
