import { defineEvents } from '@pet/ledger/event-catalogue'
import type { EventOf } from '@pet/ledger/event-catalogue'
import { contractEvents } from './contracts/contract-events.ts'
import { customerEvents } from './customers/customer.ts'
import { quoteEvents } from './quoting/quote-events.ts'

const first = 1

/** Every event that the business knows. The ledger refuses any other. */
export const petEvents = defineEvents({
  CustomerAdded: { schemaVersion: first, schema: customerEvents.CustomerAdded },
  ContactAdded: { schemaVersion: first, schema: customerEvents.ContactAdded },
  QuoteDrafted: { schemaVersion: first, schema: quoteEvents.QuoteDrafted },
  QuoteEdited: { schemaVersion: first, schema: quoteEvents.QuoteEdited },
  QuoteSent: { schemaVersion: first, schema: quoteEvents.QuoteSent },
  QuoteRevised: { schemaVersion: first, schema: quoteEvents.QuoteRevised },
  QuoteAccepted: { schemaVersion: first, schema: quoteEvents.QuoteAccepted },
  QuoteRejected: { schemaVersion: first, schema: quoteEvents.QuoteRejected },
  QuoteWithdrawn: { schemaVersion: first, schema: quoteEvents.QuoteWithdrawn },
  ContractMade: { schemaVersion: first, schema: contractEvents.ContractMade },
  ContractAmended: { schemaVersion: first, schema: contractEvents.ContractAmended },
})

export type PetEvent = EventOf<typeof petEvents>
