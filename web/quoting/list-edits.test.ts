import fc from 'fast-check'
import { expect, test } from 'vitest'
import { totalsOf } from '@pet/pet/quoting/totals'
import { moved, replaced, without } from './list-edits.ts'
import { newSection } from './new-parts.ts'

const items = fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 12 })
const itemsAndIndex = items.chain((list) =>
  fc.tuple(fc.constant(list), fc.nat({ max: Math.max(0, list.length - 1) })),
)

test('moving keeps every item, and moving back undoes it', () => {
  fc.assert(
    fc.property(itemsAndIndex, fc.constantFrom(-1, 1), ([list, index], by) => {
      const after = moved(list, index, by)
      expect(after.toSorted()).toEqual(list.toSorted())
      const stayed = index + by < 0 || index + by >= list.length
      expect(stayed ? after : moved(after, index + by, -by)).toEqual(list)
    }),
  )
})

test('the order of sections changes no sum', () => {
  const kinds = fc.constantFrom('products', 'implementation', 'recurring', 'adjustment' as const)
  fc.assert(
    fc.property(fc.array(kinds, { minLength: 1, maxLength: 6 }), fc.nat(), (of, at) => {
      let ids = 0
      const sections = of.map((kind) => newSection(kind, () => `id-${ids++}`))
      const content = {
        title: 'A quote',
        customerId: null,
        contactId: null,
        currency: 'EUR' as const,
        sections,
      }
      const after = { ...content, sections: moved(sections, at % of.length, 1) }
      expect(totalsOf(after)).toEqual(totalsOf(content))
    }),
  )
})

test('replacing and removing touch the item of that id alone', () => {
  const list = [
    { id: 'a', n: 1 },
    { id: 'b', n: 2 },
  ]
  expect(replaced(list, { id: 'b', n: 3 })).toEqual([
    { id: 'a', n: 1 },
    { id: 'b', n: 3 },
  ])
  expect(without(list, 'a')).toEqual([{ id: 'b', n: 2 }])
})
