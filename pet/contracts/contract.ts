import type { Aggregate } from '../rules/aggregate.ts'
import type { ContractEvent } from './contract-events.ts'
import { contractRules } from './rules.ts'
import { evolveContract, noContract } from './contract-state.ts'
import type { Contract, ContractCommand } from './contract-state.ts'

export type ContractAggregate = Aggregate<Contract, ContractCommand, null, ContractEvent>

/** A contract: made by the acceptance of a quote, amended by the acceptance of its corrections. */
export const contract: ContractAggregate = {
  name: 'contract',
  initial: noContract,
  evolve: evolveContract,
  rules: contractRules,
  walk: {
    tries: contractTries,
    stateName: (state) => state.status,
    fingerprint: (state) =>
      state.status === 'none'
        ? 'none'
        : `made on ${state.standingQuoteId}, ${Math.min(state.countingQuoteIds.length, 2)} counting`,
  },
}

function contractTries(state: Contract) {
  const sums = { totalMinor: 10_000, soldMinutes: 60 }
  const first = 'first quote'
  const standing = state.status === 'made' ? state.standingQuoteId : first
  const amend = { type: 'AmendContract' as const, quoteNumber: 'Q-2', ...sums }
  return [
    {
      command: {
        type: 'MakeContract' as const,
        quoteId: first,
        quoteNumber: 'Q-1',
        customerId: 'customer',
        currency: 'EUR',
        ...sums,
      },
      facts: null,
    },
    {
      command: { ...amend, kind: 'delta' as const, quoteId: 'a delta', parentId: standing },
      facts: null,
      as: 'AmendContract (delta)',
    },
    {
      command: {
        ...amend,
        kind: 'replacement' as const,
        quoteId: 'a replacement',
        parentId: standing,
      },
      facts: null,
      as: 'AmendContract (replacement)',
    },
    {
      command: {
        ...amend,
        kind: 'delta' as const,
        quoteId: 'a delta',
        parentId: 'a replaced quote',
      },
      facts: null,
      as: 'AmendContract (of what was replaced)',
    },
  ]
}
