import { forbids, permits, requires, rulesFor, silent } from '../rules/rule.ts'
import type { QuoteCommand, QuoteFacts } from './quote-commands.ts'
import type { QuoteContent } from './quote-content.ts'
import type { QuoteEvent } from './quote-events.ts'
import type { Quote } from './quote-state.ts'
import { tasksOf } from './totals.ts'

const rule = rulesFor<Quote, QuoteCommand, QuoteFacts, QuoteEvent>()
const document = 'quoting-and-pricing'

export const draftingStartsAQuote = rule({
  id: 'QUO-1',
  document,
  sentence: 'A quote begins as a draft with a number of its own; it is drafted once.',
  when: (quote, command) => {
    if (command.type !== 'DraftQuote') return silent
    if (quote.status !== 'none') return forbids
    const { type: _, ...data } = command
    return requires({ type: 'QuoteDrafted', data })
  },
})

export const onlyADraftIsEdited = rule({
  id: 'QUO-2',
  document,
  sentence: 'A draft can be edited freely, and every edit is an event.',
  when: (quote, command) => {
    if (command.type !== 'EditQuote' || !hasDraft(quote)) return silent
    const { type: _, ...data } = command
    return requires({ type: 'QuoteEdited', data })
  },
})

export const sendingFreezes = rule({
  id: 'QUO-3',
  document,
  sentence:
    'Sending freezes a revision: its content, its sums and the hash of its document are recorded and never change.',
  when: (quote, command) => {
    if (command.type !== 'SendQuote' || !hasDraft(quote)) return silent
    const { type: _, ...sending } = command
    const data = { ...quote.draft, revision: quote.revision, ...sending }
    return requires({ type: 'QuoteSent', data })
  },
})

export const acceptedIsFinal = rule({
  id: 'QUO-4',
  document,
  sentence:
    'An accepted quote is final: nothing changes it, takes it back or accepts it again; a correction is a new quote that links to it.',
  when: (quote) => (quote.status === 'accepted' ? forbids : silent),
})

export const sentIsFrozen = rule({
  id: 'QUO-5',
  document,
  sentence: 'A sent revision is neither edited nor sent again; a change makes the next revision.',
  when: (quote, command) =>
    quote.status === 'sent' && (command.type === 'EditQuote' || command.type === 'SendQuote')
      ? forbids
      : silent,
})

export const revisingOpensTheNext = rule({
  id: 'QUO-6',
  document,
  sentence:
    'Revising opens the next revision as a draft; the sent one stands until the next one is sent.',
  when: (quote, command) => {
    if (command.type !== 'ReviseQuote' || quote.status !== 'sent') return silent
    return requires({ type: 'QuoteRevised', data: { revision: quote.sent.revision + 1 } })
  },
})

export const oneDraftAtATime = rule({
  id: 'QUO-7',
  document,
  sentence: 'A quote has one draft at a time: while there is one, it is edited, not revised.',
  when: (quote, command) => (command.type === 'ReviseQuote' && hasDraft(quote) ? forbids : silent),
})

export const customerAndContactAreNamed = rule({
  id: 'QUO-8',
  document,
  sentence:
    'A quote is sent and accepted only with a customer and a contact of that customer named.',
  overrides: ['QUO-3', 'QUO-12'],
  when: (quote, command) => {
    const content = contentAtStake(quote, command)
    if (content === undefined) return silent
    return content.customerId === null || content.contactId === null ? forbids : silent
  },
})

export const hoursAreEstimated = rule({
  id: 'QUO-9',
  document,
  sentence:
    'A quote is sent and accepted only with hours on every implementation task and every recurring line.',
  overrides: ['QUO-3', 'QUO-12'],
  when: (quote, command) => {
    const content = contentAtStake(quote, command)
    if (content === undefined) return silent
    return content.sections.every(isEstimated) ? silent : forbids
  },
})

export const somethingIsOffered = rule({
  id: 'QUO-10',
  document,
  sentence:
    'A quote is sent and accepted only with at least one line, and with every line described.',
  overrides: ['QUO-3', 'QUO-12'],
  when: (quote, command) => {
    const content = contentAtStake(quote, command)
    if (content === undefined) return silent
    const descriptions = content.sections.flatMap(descriptionsOf)
    return descriptions.length > 0 && descriptions.every((text) => text.length > 0)
      ? silent
      : forbids
  },
})

export const onlySentIsAnswered = rule({
  id: 'QUO-11',
  document,
  sentence: 'Only a sent revision can be accepted or rejected.',
  when: (quote, command) => {
    if (command.type !== 'AcceptQuote' && command.type !== 'RejectQuote') return silent
    return quote.status === 'draft' ? forbids : silent
  },
})

export const acceptanceIsRecorded = rule({
  id: 'QUO-12',
  document,
  sentence: 'Acceptance records who accepted, when, and the hash of the document that they saw.',
  when: (quote, command) => {
    if (command.type !== 'AcceptQuote' || !standsSent(quote)) return silent
    const { revision, documentHash, totalMinor, soldMinutes } = quote.sent
    const { acceptedBy, acceptedAt, contractId } = command
    return requires({
      type: 'QuoteAccepted',
      data: { revision, documentHash, acceptedBy, acceptedAt, contractId, totalMinor, soldMinutes },
    })
  },
})

export const acceptedIsWhatWasSeen = rule({
  id: 'QUO-13',
  document,
  sentence:
    'What is accepted is what was seen: the hash that the person confirms is the hash of the revision that stands.',
  overrides: ['QUO-12'],
  when: (quote, command) => {
    if (command.type !== 'AcceptQuote' || !standsSent(quote)) return silent
    return command.documentHash === quote.sent.documentHash ? silent : forbids
  },
})

export const linkExpires = rule({
  id: 'QUO-14',
  document,
  sentence: 'A sent revision can be accepted until its link expires, not after.',
  overrides: ['QUO-12'],
  when: (quote, command) => {
    if (command.type !== 'AcceptQuote' || !standsSent(quote)) return silent
    return Date.parse(command.acceptedAt) <= Date.parse(quote.sent.linkExpiresAt) ? silent : forbids
  },
})

export const rejectionIsRecorded = rule({
  id: 'QUO-15',
  document,
  sentence: 'A rejection ends the quote and records the reason.',
  when: (quote, command) => {
    if (command.type !== 'RejectQuote' || !standsSent(quote)) return silent
    const data = { revision: quote.sent.revision, reason: command.reason }
    return requires({ type: 'QuoteRejected', data })
  },
})

export const withdrawalIsRecorded = rule({
  id: 'QUO-16',
  document,
  sentence:
    'A quote can be withdrawn until it is answered; the withdrawal ends it and records the reason.',
  when: (quote, command) => {
    if (command.type !== 'WithdrawQuote') return silent
    if (!hasDraft(quote) && !standsSent(quote)) return silent
    return requires({ type: 'QuoteWithdrawn', data: { reason: command.reason } })
  },
})

export const endedStaysEnded = rule({
  id: 'QUO-17',
  document,
  sentence:
    'A rejected or withdrawn quote stays so: nothing reopens it; a new offer is a new quote.',
  when: (quote) => (quote.status === 'rejected' || quote.status === 'withdrawn' ? forbids : silent),
})

export const onlyWhatExistsChanges = rule({
  id: 'QUO-18',
  document,
  sentence: 'Every command but drafting needs a quote that was drafted.',
  when: (quote, command) =>
    quote.status === 'none' && command.type !== 'DraftQuote' ? forbids : silent,
})

export const onlyAcceptedIsCorrected = rule({
  id: 'QUO-19',
  document,
  sentence:
    'A correction, delta or replacement, is a new quote that links to an accepted one, which gets no event by it.',
  overrides: ['QUO-1'],
  when: (quote, command, { parent }) => {
    if (command.type !== 'DraftQuote' || quote.status !== 'none') return silent
    if (command.correction === null) return silent
    return parent?.status === 'accepted' ? permits : forbids
  },
})

export const whatStandsIsCorrected = rule({
  id: 'QUO-20',
  document,
  sentence:
    'What is corrected is what the contract stands on: not a delta, and not a quote that was already replaced.',
  overrides: ['QUO-1', 'QUO-12', 'QUO-19'],
  when: (quote, command, { parent }) => {
    if (!concernsCorrection(quote, command) || parent?.status !== 'accepted') return silent
    return parent.isDelta || !parent.stands ? forbids : silent
  },
})

export const correctionKeepsCustomerAndCurrency = rule({
  id: 'QUO-21',
  document,
  sentence:
    'A correction is for the same customer and in the same currency as the quote that it corrects.',
  overrides: ['QUO-1', 'QUO-2', 'QUO-19'],
  when: (quote, command, { parent }) => {
    if (command.type !== 'DraftQuote' && command.type !== 'EditQuote') return silent
    if (command.type === 'DraftQuote' && quote.status !== 'none') return silent
    if (command.type === 'EditQuote' && !hasDraft(quote)) return silent
    if (parent === null) return silent
    const { customerId, currency } = command.content
    return customerId === parent.customerId && currency === parent.currency ? silent : forbids
  },
})

export const quoteRules = [
  draftingStartsAQuote,
  onlyADraftIsEdited,
  sendingFreezes,
  acceptedIsFinal,
  sentIsFrozen,
  revisingOpensTheNext,
  oneDraftAtATime,
  customerAndContactAreNamed,
  hoursAreEstimated,
  somethingIsOffered,
  onlySentIsAnswered,
  acceptanceIsRecorded,
  acceptedIsWhatWasSeen,
  linkExpires,
  rejectionIsRecorded,
  withdrawalIsRecorded,
  endedStaysEnded,
  onlyWhatExistsChanges,
  onlyAcceptedIsCorrected,
  whatStandsIsCorrected,
  correctionKeepsCustomerAndCurrency,
]

function hasDraft(quote: Quote): quote is Extract<Quote, { status: 'draft' | 'revising' }> {
  return quote.status === 'draft' || quote.status === 'revising'
}

function standsSent(quote: Quote): quote is Extract<Quote, { status: 'sent' | 'revising' }> {
  return quote.status === 'sent' || quote.status === 'revising'
}

/** What would be sent, or accepted, by the command; undefined where it is neither. */
function contentAtStake(quote: Quote, command: QuoteCommand): QuoteContent | undefined {
  if (command.type === 'SendQuote' && hasDraft(quote)) return quote.draft.content
  if (command.type === 'AcceptQuote' && standsSent(quote)) return quote.sent.content
  return undefined
}

/** Drafting a correction, or accepting one. */
function concernsCorrection(quote: Quote, command: QuoteCommand): boolean {
  if (command.type === 'DraftQuote') return quote.status === 'none' && command.correction !== null
  return command.type === 'AcceptQuote' && standsSent(quote) && quote.correction !== null
}

function isEstimated(section: QuoteContent['sections'][number]): boolean {
  switch (section.kind) {
    case 'implementation':
      return tasksOf(section).every((task) => task.minutes !== null)
    case 'recurring':
      return section.lines.every((line) => line.minutesPerPeriod !== null)
    case 'products':
    case 'adjustment':
      return true
  }
}

function descriptionsOf(section: QuoteContent['sections'][number]): string[] {
  return section.kind === 'implementation'
    ? tasksOf(section).map((task) => task.title)
    : section.lines.map((line) => line.description)
}
