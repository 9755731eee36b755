import type { QuoteCommand, QuoteFacts } from './quote-commands.ts'
import type { QuoteContent } from './quote-content.ts'
import type { Quote } from './quote-state.ts'

type Try = { command: QuoteCommand; facts: QuoteFacts; as?: string }

const anId = '01890000-0000-7000-8000-000000000001'
const aHash = 'a'.repeat(64)
const anotherHash = 'b'.repeat(64)
const deadline = '2030-01-01T00:00:00.000Z'

/** Contents that differ in just what the rules look at. */
const contents = {
  complete: content({ customerId: anId, contactId: anId, minutes: 60, title: 'Workshop' }),
  'no contact': content({ customerId: anId, contactId: null, minutes: 60, title: 'Workshop' }),
  'hours missing': content({ customerId: anId, contactId: anId, minutes: null, title: 'Workshop' }),
  'nothing described': content({ customerId: anId, contactId: anId, minutes: 60, title: '' }),
  'another currency': {
    ...content({ customerId: anId, contactId: anId, minutes: 60, title: 'Workshop' }),
    currency: 'USD',
  },
} satisfies Record<string, QuoteContent>

const noParent: QuoteFacts = { parent: null }
const standing = parent({ status: 'accepted' })
const replaced = parent({ status: 'accepted', stands: false })
const aDelta = parent({ status: 'accepted', isDelta: true, stands: false })
const unanswered = parent({ status: 'sent', stands: false })

/** The commands that `pet rules` tries in a state, with every set of facts that a rule tells apart. */
export function quoteTries(quote: Quote): Try[] {
  const corrects = quote.status !== 'none' && quote.correction !== null
  const facts = corrects ? standing : noParent
  return [
    ...drafting(),
    ...Object.entries(contents).map(([name, each]) => ({
      command: { type: 'EditQuote' as const, ...written(each) },
      facts,
      as: `EditQuote (${name})`,
    })),
    {
      command: {
        type: 'SendQuote',
        customerName: 'Harbour Foods',
        documentHash: aHash,
        linkExpiresAt: deadline,
      },
      facts,
    },
    { command: { type: 'ReviseQuote' }, facts },
    { command: accept(aHash, '2029-12-31T00:00:00.000Z'), facts },
    {
      command: accept(anotherHash, '2029-12-31T00:00:00.000Z'),
      facts,
      as: 'AcceptQuote (another document)',
    },
    { command: accept(aHash, '2030-01-02T00:00:00.000Z'), facts, as: 'AcceptQuote (link expired)' },
    ...(corrects
      ? [
          {
            command: accept(aHash, '2029-12-31T00:00:00.000Z'),
            facts: replaced,
            as: 'AcceptQuote (correcting what was replaced)',
          },
        ]
      : []),
    { command: { type: 'RejectQuote', reason: 'Too late' }, facts },
    { command: { type: 'WithdrawQuote', reason: 'Sent by mistake' }, facts },
  ]
}

export function quoteStateName(quote: Quote): string {
  return quote.status === 'none' || quote.correction === null
    ? quote.status
    : `${quote.status} (correction)`
}

/** States that no rule can tell apart are the same state of the walk. */
export function quoteFingerprint(quote: Quote): string {
  switch (quote.status) {
    case 'none':
      return 'none'
    case 'draft':
      return `draft ${tie(quote)} ${Math.min(quote.revision, 2)} ${nameOf(quote.draft.content)}`
    case 'revising':
      return `revising ${tie(quote)} ${nameOf(quote.draft.content)} ${nameOf(quote.sent.content)}`
    case 'withdrawn':
      return `withdrawn ${tie(quote)}`
    case 'sent':
    case 'accepted':
    case 'rejected':
      return `${quote.status} ${tie(quote)} ${nameOf(quote.sent.content)}`
  }
}

function drafting(): Try[] {
  const draft = { type: 'DraftQuote' as const, number: 'Q-1', ...written(contents.complete) }
  const other = { ...draft, ...written(contents['another currency']) }
  const correction = {
    kind: 'delta' as const,
    parentId: anId,
    parentNumber: 'Q-0',
    parentTotalMinor: 100,
    contractId: anId,
  }
  const as = (what: string) => `DraftQuote (${what})`
  return [
    { command: { ...draft, correction: null }, facts: noParent },
    { command: { ...draft, correction }, facts: standing, as: as('correcting what stands') },
    { command: { ...draft, correction }, facts: replaced, as: as('correcting what was replaced') },
    { command: { ...draft, correction }, facts: aDelta, as: as('correcting a delta') },
    {
      command: { ...draft, correction },
      facts: unanswered,
      as: as('correcting what is unanswered'),
    },
    {
      command: { ...draft, correction },
      facts: noParent,
      as: as('correcting what does not exist'),
    },
    {
      command: { ...other, correction },
      facts: standing,
      as: as('correcting in another currency'),
    },
  ]
}

function accept(documentHash: string, acceptedAt: string): QuoteCommand {
  const acceptedBy = { kind: 'personal' as const, person: anId, value: 'Ada' }
  return { type: 'AcceptQuote', documentHash, acceptedBy, acceptedAt, contractId: anId }
}

function parent(differs: Partial<NonNullable<QuoteFacts['parent']>>): QuoteFacts {
  const plain = { isDelta: false, stands: true, customerId: anId, currency: 'EUR' }
  return { parent: { status: 'accepted', ...plain, ...differs } }
}

function content(of: {
  customerId: string | null
  contactId: string | null
  minutes: number | null
  title: string
}): QuoteContent {
  const task = { id: 't', title: of.title, role: 'Engineer' as const, hourlyRateMinor: 10_000 }
  return {
    title: 'Roll-out',
    customerId: of.customerId,
    contactId: of.contactId,
    currency: 'EUR',
    sections: [
      {
        kind: 'implementation',
        id: 's',
        title: 'Implementation',
        milestones: [{ id: 'm', title: 'Live', tasks: [{ ...task, minutes: of.minutes }] }],
      },
    ],
  }
}

function written(of: QuoteContent) {
  return { content: of, totalMinor: 10_000, soldMinutes: 60 }
}

function tie(quote: Exclude<Quote, { status: 'none' }>): string {
  return quote.correction === null ? 'original' : 'correction'
}

function nameOf(of: QuoteContent): string {
  return Object.entries(contents).find(([, each]) => each === of)?.[0] ?? 'other'
}
