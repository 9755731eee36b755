import { expect, test } from 'vitest'
import { alignColumns } from './columns.ts'

test('pads each column to its widest, and no line at its end', () => {
  expect(
    alignColumns([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
  ).toEqual(['a    bb  c', 'aaa  b'])
})
