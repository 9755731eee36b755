import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { guarantees } from './guarantees.ts'
import { quote } from './quoting/quote.ts'
import { ruleCatalogue } from './rules-catalogue.ts'
import { heldAgainst, rulesReport } from './rules-report.ts'
import { withDecisionTables } from './rules/decision-table.ts'
import { parseDocument, readDocuments } from './rules/documents.ts'
import { forbids, silent } from './rules/rule.ts'
import { walk } from './rules/walk.ts'

describe('the rules of the business', () => {
  test('neither contradict each other nor leave a gap, and are the documents’ own, word for word', async () => {
    const { rules, conflicts, ambiguities, undocumented, unenforced } = await rulesReport()
    expect(rules.length).toBeGreaterThan(30)
    expect({ conflicts, ambiguities, undocumented, unenforced }).toEqual({
      conflicts: [],
      ambiguities: [],
      undocumented: [],
      unenforced: [],
    })
  })

  test('have ids of their own', () => {
    const ids = ruleCatalogue.map(({ id }) => id)
    expect(ids).toEqual([...new Set(ids)])
  })

  test('a contradiction planted among the quote’s rules is found', () => {
    const planted = {
      id: 'QUO-99',
      document: 'quoting-and-pricing',
      sentence: 'Nothing is ever sent.',
      when: (_: unknown, { type }: { type: string }) => (type === 'SendQuote' ? forbids : silent),
    }
    const { conflicts } = walk({ ...quote, rules: [...quote.rules, planted] })
    expect(conflicts).toContainEqual({
      aggregate: 'quote',
      state: 'draft',
      command: 'SendQuote',
      forbids: 'QUO-99',
      against: 'QUO-3',
    })
  })

  test('a gap made by taking a rule away is found', () => {
    const rules = quote.rules.filter(({ id }) => id !== 'QUO-4')
    const { ambiguities } = walk({ ...quote, rules })
    expect(ambiguities).toContainEqual({
      aggregate: 'quote',
      state: 'accepted',
      command: 'SendQuote',
    })
  })

  test('a rule that only code or only a document has is found', () => {
    const code = [{ id: 'ABC-1', document: 'letters', sentence: 'A comes first.' }]
    const words = parseDocument('letters', '# Letters\n\n- **ABC-1** A comes last.\n- **ABC-2** B.')
    expect(heldAgainst([words], code)).toEqual({
      undocumented: ['ABC-1'],
      unenforced: ['ABC-1', 'ABC-2'],
    })
  })

  test('the documents hold the decision tables that the rules make', async () => {
    const { walks } = await rulesReport()
    for (const { markdown } of await readDocuments()) {
      expect(markdown).toBe(withDecisionTables(markdown, walks)) // `npx pet rules --write` renews them
    }
  })

  test('each guarantee names code that is there and a test that names it', async () => {
    const root = new URL('../', import.meta.url)
    for (const { id, enforcedBy, shownBy } of guarantees) {
      await readFile(new URL(enforcedBy, root))
      expect(await readFile(new URL(shownBy, root), 'utf8')).toContain(`'${id}`)
    }
  })
})
