import { expect, test } from 'vitest'
import type { LoadReport } from '../api-types.ts'
import { Tally } from '../load/tally.ts'
import { loadsBehind } from './behind.ts'
import { judge, type Measurements } from './judge.ts'
import { verdictOf } from './words.ts'

function load({ lateMs = 0, shed = 0 }): LoadReport {
  const tally = new Tally({ fromMs: 0, toMs: 1_000 })
  const at = { intendedMs: 500, startedMs: 500 + lateMs, settledMs: 900 }
  tally.settled({ number: 0, ...at, outcome: { kind: 'ok' }, traceparent: undefined })
  for (let call = 0; call < shed; call++) tally.shed(500)
  return tally.report({ latenessLimitMs: 10 })
}

const measured = (failure: LoadReport[]): Measurements => ({
  arms: { control: [{ lost: 0 }], failure: [{ lost: 1 }], remedy: [{ lost: 0 }] },
  landings: [{ asked: '> 0', measured: 1 }],
  baseline: [],
  loads: { control: [[load({})]], failure: [failure], remedy: [[load({})]] },
})
const metrics = { lost: { unit: '1', help: '', control: '= 0', failure: '> 0' } as const }

test('loads that kept up leave the judgement as it is', () => {
  const judgement = judge(metrics, measured([load({ lateMs: 9 }), load({})]), 1)
  expect(judgement).toMatchObject({ demonstrated: true, remedyHolds: true, behind: [] })
})

test('nothing follows from a load that fell behind, and no further round mends it', () => {
  const judgement = judge(metrics, measured([load({}), load({ lateMs: 34 })]), 1)
  expect(judgement).toMatchObject({ demonstrated: false, remedyHolds: false, undecided: false })
  expect(judgement.bounds.map(({ outcome }) => outcome)).toEqual(['inconclusive', 'inconclusive'])
  expect(verdictOf({ ...judgement, restored: true })).toBe('inconclusive')
  expect(verdictOf({ ...judgement, landed: 'mismatch', restored: true })).toBe('inconclusive')
})

test('says where it fell behind, and by how much', () => {
  const loads = { control: [], failure: [[load({})], [load({ lateMs: 34, shed: 3 })]], remedy: [] }
  expect(loadsBehind(loads)).toEqual([
    'The load fell behind its schedule in round 2 of failure: calls began 34 ms late at p99 (at most 10 is in time); 3 of 4 were shed: as many as allowed were under way, or their deadline had passed.',
  ])
})
