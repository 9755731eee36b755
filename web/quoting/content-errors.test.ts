import { expect, test } from 'vitest'
import { contentErrors, serverErrors } from './content-errors.ts'
import { newContent, newSection } from './new-parts.ts'

test('a new quote with every kind of section has no errors', () => {
  const sections = (['products', 'implementation', 'recurring', 'adjustment'] as const).map(
    (kind) => newSection(kind),
  )
  expect(contentErrors({ ...newContent('EUR'), sections })).toEqual(new Map())
})

test('all errors come at once, each at its field, in plain words', () => {
  const section = newSection('products')
  if (section.kind !== 'products') throw new Error('asked for products')
  const lines = section.lines.map((line) => ({
    ...line,
    description: 'x'.repeat(201),
    quantity: 0,
  }))
  const errors = contentErrors({
    ...newContent('EUR'),
    title: ' ',
    sections: [{ ...section, lines }],
  })
  expect(Object.fromEntries(errors)).toEqual({
    title: 'Write something here',
    'sections.0.lines.0.description': 'At most 200 characters',
    'sections.0.lines.0.quantity': 'At least 1',
  })
})

test('what the server names is found at the same paths, however it writes them', () => {
  const errors = [
    'content.title',
    '/body/content/sections/0/title',
    'content.sections[1].title',
  ].map((field) => ({ field, message: 'no' }))
  const details = { type: 'x', title: 'x', status: 400, errors }
  expect([...serverErrors(details).keys()]).toEqual([
    'title',
    'sections.0.title',
    'sections.1.title',
  ])
})
