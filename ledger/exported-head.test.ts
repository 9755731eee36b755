import { expect, test } from 'vitest'
import { exportHead, parseHead } from './exported-head.ts'

const head = exportHead(
  { position: 7, hash: 'ab'.repeat(32) },
  new Date('2026-11-23T01:02:03.004Z'),
)

test('a head that was exported is read back as it was', () => {
  expect(head).toMatchObject({ position: 7, hash: 'ab'.repeat(32), at: '2026-11-23T01:02:03.004Z' })
  expect(parseHead(JSON.stringify(head, null, 2))).toEqual(head)
})

test.for<[string, string, string]>([
  ['nothing', '', 'not a head'],
  ['something else', '{"position": 7}', 'not a head'],
  ['another position', JSON.stringify({ ...head, position: 6 }), 'was changed'],
  ['another hash', JSON.stringify({ ...head, hash: 'cd'.repeat(32) }), 'was changed'],
  ['another time', JSON.stringify({ ...head, at: '2025-11-23T01:02:03.004Z' }), 'was changed'],
])('%s is refused', ([, text, reason]) => {
  expect(() => parseHead(text)).toThrow(reason)
})
