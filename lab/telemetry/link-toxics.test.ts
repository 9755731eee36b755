import { expect, test } from 'vitest'
import type { TelemetrySpan } from '../api-types.ts'
import { linkToxics } from './link-toxics.ts'

const ends = (local: number, peer: number) => ({
  'network.local.address': '127.0.0.1',
  'network.local.port': local,
  'network.peer.address': '127.0.0.1',
  'network.peer.port': peer,
})

const span = (more: Partial<TelemetrySpan>): TelemetrySpan => ({
  ...{ traceId: 't', spanId: 's', name: 'GET', kind: 'client', status: 'unset' },
  ...{ startedUs: 1_000, durationUs: 500, attributes: ends(50_000, 80), events: [], links: [] },
  ...more,
})

const toxic = (more: Partial<TelemetrySpan> = {}): TelemetrySpan =>
  span({
    ...{ spanId: 'toxic', kind: 'internal' },
    attributes: { ...ends(80, 50_000), 'lab.toxic': 'slow' },
    ...more,
  })

const link = { traceId: 't', spanId: 'toxic', attributes: { 'lab.toxic': 'slow' } }

test.each<[string, Partial<TelemetrySpan>, Partial<TelemetrySpan>, boolean]>([
  ['at the same time', {}, {}, true],
  ['that began before and goes on', {}, { startedUs: 0, durationUs: 9_000 }, true],
  ['that was gone before', {}, { startedUs: 0, durationUs: 900 }, false],
  ['that came afterwards', {}, { startedUs: 2_000 }, false],
  ['on the next user of the port', { attributes: ends(50_000, 81) }, {}, false],
  ['on another connection', { attributes: ends(50_001, 80) }, {}, false],
  ['when there is no telling', { attributes: {} }, {}, false],
])('a toxic %s', (_, request, hit, isLinked) => {
  const [linked] = linkToxics([span(request)], [toxic(hit)])
  expect(linked?.links).toEqual(isLinked ? [link] : [])
})
