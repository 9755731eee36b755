import type { PetEvent } from '../events.ts'
import { formatMinutes, formatMoney } from '../quoting/money.ts'
import type { Currency } from '../quoting/quote-content.ts'

/**
 * What happened, as the feed says it, after the name of who did it: "Sofia Marsh *sent revision 1 for €1,200.00*".
 * It names no person, so that erasing one reaches the feed through the log alone.
 */
export function sentenceOf(event: PetEvent): string {
  switch (event.type) {
    case 'CustomerAdded':
      return `added the customer ${event.data.name}`
    case 'ContactAdded':
      return 'added a contact'
    case 'QuoteDrafted': {
      const { correction, content } = event.data
      if (correction === null) return `began the quote “${content.title}”`
      return correction.kind === 'delta'
        ? `began a delta quote that adds to ${correction.parentNumber}`
        : `began a replacement of ${correction.parentNumber}`
    }
    case 'QuoteEdited':
      return `edited it: ${money(event.data.totalMinor, event.data.content.currency)}`
    case 'QuoteSent': {
      const { revision, totalMinor, content } = event.data
      return `sent revision ${revision} for ${money(totalMinor, content.currency)}; it is frozen from here on`
    }
    case 'QuoteRevised':
      return `began revision ${event.data.revision}`
    case 'QuoteAccepted':
      return `accepted revision ${event.data.revision}; it is final`
    case 'QuoteRejected':
      return `rejected revision ${event.data.revision}: ${event.data.reason}`
    case 'QuoteWithdrawn':
      return `withdrew it: ${event.data.reason}`
    case 'ContractMade': {
      const { quoteNumber, soldMinutes, totalMinor, currency } = event.data
      return `made the contract from ${quoteNumber}: ${money(totalMinor, currency)}, ${formatMinutes(soldMinutes)} sold`
    }
    case 'ContractAmended':
      return `amended the contract by the ${event.data.kind} quote ${event.data.quoteNumber}; ${formatMinutes(event.data.soldMinutes)} sold in all`
  }
}

function money(amountMinor: number, currency: string): string {
  return formatMoney(amountMinor, currency as Currency)
}
