import { contractRules } from './contracts/rules.ts'
import { customer } from './customers/customer.ts'
import { guarantees } from './guarantees.ts'
import { quoteRules } from './quoting/rules.ts'

/** A rule as it is stated, whatever enforces it. */
export type StatedInCode = { id: string; document: string; sentence: string }

/** Every rule that the code enforces: those that decide commands, and those that the building itself keeps. */
export const ruleCatalogue: readonly StatedInCode[] = [
  ...quoteRules,
  ...contractRules,
  ...customer.rules,
  ...guarantees,
]

const byId = new Map(ruleCatalogue.map((rule) => [rule.id, rule]))

export function ruleById(id: string): StatedInCode | undefined {
  return byId.get(id)
}
