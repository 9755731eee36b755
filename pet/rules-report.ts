import { writeFile } from 'node:fs/promises'
import { contract } from './contracts/contract.ts'
import { customer } from './customers/customer.ts'
import { quote } from './quoting/quote.ts'
import { ruleCatalogue } from './rules-catalogue.ts'
import type { StatedInCode } from './rules-catalogue.ts'
import { withDecisionTables } from './rules/decision-table.ts'
import { documentsFolder, readDocuments } from './rules/documents.ts'
import type { RuleDocument } from './rules/documents.ts'
import { walk } from './rules/walk.ts'
import type { Ambiguity, RuleConflict, Walk } from './rules/walk.ts'

export type RulesReport = {
  rules: StatedInCode[]
  conflicts: RuleConflict[]
  ambiguities: Ambiguity[]
  /** Ids of rules in code that no document states in the same words. */
  undocumented: string[]
  /** Ids of rules in the documents that nothing in code enforces. */
  unenforced: string[]
}

/** Walks every aggregate, once for each call. */
export function walkAll(): Walk[] {
  return [walk(quote), walk(contract), walk(customer)]
}

/** Holds the rules in code against each other and against the documents. */
export async function rulesReport(): Promise<RulesReport & { walks: Walk[] }> {
  const walks = walkAll()
  return {
    rules: ruleCatalogue.map(({ id, document, sentence }) => ({ id, document, sentence })),
    conflicts: walks.flatMap(({ conflicts }) => conflicts),
    ambiguities: walks.flatMap(({ ambiguities }) => ambiguities),
    ...heldAgainst(await readDocuments(), ruleCatalogue),
    walks,
  }
}

/** Writes the decision tables that the rules make into the documents that hold one. Returns the names of those that changed. */
export async function renewDecisionTables(walks: readonly Walk[]): Promise<string[]> {
  const stale = (await readDocuments())
    .map(({ name, markdown }) => ({ name, markdown, renewed: withDecisionTables(markdown, walks) }))
    .filter(({ markdown, renewed }) => renewed !== markdown)
  for (const { name, renewed } of stale) {
    await writeFile(new URL(`${name}.md`, documentsFolder), renewed)
  }
  return stale.map(({ name }) => name)
}

/** Which rules code and documents do not share. */
export function heldAgainst(documents: readonly RuleDocument[], rules: readonly StatedInCode[]) {
  const stated = documents.flatMap((document) => document.rules)
  const same = (one: StatedInCode, other: StatedInCode) =>
    one.id === other.id && one.document === other.document && one.sentence === other.sentence
  return {
    undocumented: rules
      .filter((rule) => !stated.some((one) => same(one, rule)))
      .map(({ id }) => id),
    unenforced: stated.filter((one) => !rules.some((rule) => same(one, rule))).map(({ id }) => id),
  }
}
