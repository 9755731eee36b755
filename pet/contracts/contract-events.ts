import { z } from 'zod'

const sums = { totalMinor: z.int(), soldMinutes: z.int().min(0) }

export const contractEvents = {
  ContractMade: z.strictObject({
    quoteId: z.uuid(),
    quoteNumber: z.string(),
    customerId: z.uuid(),
    currency: z.string(),
    ...sums,
  }),
  /** `totalMinor` and `soldMinutes` are what the contract amounts to from here on, not the difference. */
  ContractAmended: z.strictObject({
    kind: z.enum(['delta', 'replacement']),
    quoteId: z.uuid(),
    quoteNumber: z.string(),
    parentId: z.uuid(),
    ...sums,
  }),
}

export type ContractEvent = {
  [Type in keyof typeof contractEvents]: {
    type: Type
    data: z.infer<(typeof contractEvents)[Type]>
  }
}[keyof typeof contractEvents]
