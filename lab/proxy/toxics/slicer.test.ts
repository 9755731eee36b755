import { expect, test } from 'vitest'
import { createRandom } from '../../random.ts'
import { slicerStage } from './slicer.ts'
import { end, type Item } from './stage.ts'

/** What a slicer without delay makes of 100 000 bytes. */
function slice(seed: number): Item[] {
  const pieces: Item[] = []
  const { fraction } = createRandom(seed)
  const stage = slicerStage(
    {
      ...{ name: 'slicer', type: 'slicer', stream: 'upstream', toxicity: 1 },
      attributes: { average_size: 100, size_variation: 40, delay: 0 },
    },
    {
      next: { take: (item) => void pieces.push(item) },
      draw: fraction,
      drop: () => expect.unreachable(),
      close: () => expect.unreachable(),
      reset: () => expect.unreachable(),
    },
  )
  stage.take(Buffer.alloc(100_000))
  stage.take(end)
  return pieces
}

test('pieces are as large as asked, the end comes after them', () => {
  const pieces = slice(1)
  expect(pieces.pop()).toBe(end)
  const sizes = pieces.slice(0, -1).map((piece) => (piece === end ? 0 : piece.length))
  expect(Math.min(...sizes)).toBe(60)
  expect(Math.max(...sizes)).toBe(140)
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
  expect(Math.abs(mean - 100)).toBeLessThan(5)
})

test('the same seed cuts alike', () => {
  expect(slice(1)).toEqual(slice(1))
  expect(slice(2)).not.toEqual(slice(1))
})
