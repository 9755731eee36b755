import { personal } from '@pet/ledger/personal'
import { z } from 'zod'
import { quoteContent } from './quote-content.ts'

/** How a quote is tied to the accepted quote that it corrects. */
export const correction = z.strictObject({
  kind: z.enum(['delta', 'replacement']),
  parentId: z.uuid(),
  parentNumber: z.string(),
  parentTotalMinor: z.int(),
  contractId: z.uuid(),
})
export type Correction = z.infer<typeof correction>

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const reason = z.string().trim().min(1).max(1_000)
/** Sums travel with the content that they are of, so that a read model never computes money. */
const written = { content: quoteContent, totalMinor: z.int(), soldMinutes: z.int().min(0) }

export const quoteEvents = {
  QuoteDrafted: z.strictObject({
    number: z.string(),
    correction: correction.nullable(),
    ...written,
  }),
  QuoteEdited: z.strictObject(written),
  QuoteSent: z.strictObject({
    revision: z.int().min(1),
    /** The customer's name as the document shows it, whatever it is called later. */
    customerName: z.string(),
    /** SHA-256 of the RFC 8785 form of the document that the customer sees. */
    documentHash: hash,
    linkExpiresAt: z.iso.datetime(),
    ...written,
  }),
  QuoteRevised: z.strictObject({ revision: z.int().min(2) }),
  QuoteAccepted: z.strictObject({
    revision: z.int().min(1),
    documentHash: hash,
    acceptedBy: personal(),
    acceptedAt: z.iso.datetime(),
    contractId: z.uuid(),
    totalMinor: z.int(),
    soldMinutes: z.int().min(0),
  }),
  QuoteRejected: z.strictObject({ revision: z.int().min(1), reason }),
  QuoteWithdrawn: z.strictObject({ reason }),
}

export type QuoteEvent = {
  [Type in keyof typeof quoteEvents]: {
    type: Type
    data: z.infer<(typeof quoteEvents)[Type]>
  }
}[keyof typeof quoteEvents]
