import type { ContractEvent } from './contract-events.ts'

/** What acceptance sold: money in minor units, working time in minutes. */
export type Contract =
  | { status: 'none' }
  | {
      status: 'made'
      customerId: string
      currency: string
      /** The accepted quote that the contract stands on: the first one, or its latest accepted replacement. */
      standingQuoteId: string
      /** The standing quote and its accepted deltas: what counts in the sums. */
      countingQuoteIds: string[]
      totalMinor: number
      soldMinutes: number
    }

export type ContractCommand =
  | {
      type: 'MakeContract'
      quoteId: string
      quoteNumber: string
      customerId: string
      currency: string
      totalMinor: number
      soldMinutes: number
    }
  | {
      type: 'AmendContract'
      kind: 'delta' | 'replacement'
      quoteId: string
      quoteNumber: string
      parentId: string
      totalMinor: number
      soldMinutes: number
    }

export const noContract: Contract = { status: 'none' }

export function evolveContract(contract: Contract, event: ContractEvent): Contract {
  if (event.type === 'ContractMade') {
    const { quoteId, customerId, currency, totalMinor, soldMinutes } = event.data
    const counting = { standingQuoteId: quoteId, countingQuoteIds: [quoteId] }
    return { status: 'made', customerId, currency, ...counting, totalMinor, soldMinutes }
  }
  if (contract.status === 'none') throw new Error(`${event.type} of a contract that was never made`)
  const { kind, quoteId, totalMinor, soldMinutes } = event.data
  return kind === 'delta'
    ? {
        ...contract,
        countingQuoteIds: [...contract.countingQuoteIds, quoteId],
        totalMinor,
        soldMinutes,
      }
    : {
        ...contract,
        standingQuoteId: quoteId,
        countingQuoteIds: [quoteId],
        totalMinor,
        soldMinutes,
      }
}
