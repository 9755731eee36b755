import { join } from 'node:path'
import { expect, test } from 'vitest'
import { beginRun } from '../store/runs.ts'
import { openStore } from '../store/store.ts'
import { listLogs, listPoints, listSpans, type KeptPoint } from '../store/telemetry.ts'
import { temporaryHome } from '../testing/temporary-lab.ts'
import { createRecorder } from './recorder.ts'

const bounds = { spansPerRun: 2, logsPerRun: 1, pointsPerRun: 2 }
const page = { limit: 100, after: 0 }

const point = (value: number, arm: KeptPoint['arm'] = 'control'): KeptPoint => ({
  metric: 'lost',
  arm,
  round: 1,
  at: '2026-11-25T00:00:00.000Z',
  atMs: value,
  value,
})

const span = (spanId: string) => ({
  traceId: 'a',
  spanId,
  name: spanId,
  kind: 'internal' as const,
  startedUs: Date.now() * 1_000,
  durationUs: 1.5,
  status: 'unset' as const,
  attributes: { arm: 'control' },
  events: [],
  links: [],
})

test('what is beyond the bounds is counted, and the latest of each metric is still written', async () => {
  await using temporary = await temporaryHome()
  using store = openStore(join(temporary.home, 'lab.sqlite'))
  const start = { id: 'run', name: 'toy', category: 'toys', seed: 1, startedAt: 'now' }
  beginRun(store, start)
  {
    using recorder = createRecorder(store, 'run', {}, bounds)
    for (const id of ['1', '2', '3']) recorder.addSpan(span(id))
    const line = { atUs: 1, severity: 'INFO', attributes: {} }
    for (const body of ['a', 'b']) recorder.addLog({ ...line, body })
    for (const value of [1, 2, 3, 4]) recorder.addPoint(point(value))
    recorder.addPoint(point(9, 'failure'))
    expect(listSpans(store, 'run', page).items).toEqual([]) // nothing is written in between
    recorder.flush()
    expect(recorder.counts()).toEqual({
      spans: 2,
      logs: 1,
      points: 2,
      leftOut: { spans: 1, logs: 1, points: 3 },
    })
  }
  expect(listSpans(store, 'run', page).items).toEqual([span('1'), span('2')].map(sameTime))
  expect(listLogs(store, 'run', page).items.map(({ body }) => body)).toEqual(['a'])
  const written = listPoints(store, 'run', page).items.map(({ arm, value }) => [arm, value])
  expect(written).toEqual([
    ['control', 1],
    ['control', 2],
    ['control', 4],
    ['failure', 9],
  ])
})

const sameTime = (one: ReturnType<typeof span>) => ({ ...one, startedUs: expect.any(Number) })
