import { invalidRequest } from '@pet/http/problem'
import { uuidv7 } from '@pet/ledger/uuid'
import { contract } from '../contracts/contract.ts'
import { readCustomer } from '../customers/read-customers.ts'
import { change, commit, moved } from '../rules/execute.ts'
import type { Change, Loaded, Who } from '../rules/execute.ts'
import { loadContract, loadQuote, parentFacts } from './load-quote.ts'
import type { QuoteCommand } from './quote-commands.ts'
import type { QuoteContent } from './quote-content.ts'
import { hashOfDocument, quoteDocument } from './quote-document.ts'
import type { Correction } from './quote-events.ts'
import { latestWritten } from './quote-state.ts'
import type { ExistingQuote, Quote } from './quote-state.ts'
import type { CorrectionKind } from './quote-view.ts'
import { quoteStream } from './quoting.ts'
import type { Quoting } from './quoting.ts'
import { isWithinBounds, totalsOf } from './totals.ts'

/** How long a customer's link can be answered. */
const linkLife = Temporal.Duration.from({ hours: 24 * 30 })

/** Drafts a quote, from nothing or as a correction of an accepted one, and returns its id. */
export async function draftQuote(
  quoting: Quoting,
  who: Who,
  content: QuoteContent,
  correction: Correction | null = null,
): Promise<string> {
  await checkCustomer(quoting, content)
  const id = uuidv7()
  const { rows } = await quoting.pool.query<{ next: string }>(
    `select nextval('quoting.quote_number') as next`,
  )
  const year = quoting.now().toZonedDateTimeISO('UTC').year
  const number = `Q-${year}-${(rows[0]?.next ?? '0').padStart(4, '0')}`
  const nothing: Loaded<Quote> = {
    stream: quoteStream(id),
    version: 0,
    state: { status: 'none' },
    history: [],
  }
  const command: QuoteCommand = { type: 'DraftQuote', number, correction, ...written(content) }
  const facts = await parentFacts(quoting, correction)
  await commit(quoting.ledger, who, [change(quoting.quote, nothing, command, facts)])
  return id
}

/** Begins the correction of an accepted quote: a delta empty but for an adjustment, a replacement as a copy. */
export async function correctQuote(
  quoting: Quoting,
  who: Who,
  parentId: string,
  kind: CorrectionKind,
): Promise<string> {
  const { state: parent } = await loadQuote(quoting, parentId)
  const { content, totalMinor } = latestWritten(parent)
  const correction = {
    kind,
    parentId,
    parentNumber: parent.number,
    parentTotalMinor: totalMinor,
    // Of a quote that was not accepted there is none, and QUO-19 refuses the correction.
    contractId: parent.status === 'accepted' ? parent.acceptance.contractId : uuidv7(),
  }
  const start: QuoteContent =
    kind === 'replacement'
      ? { ...content, title: `${content.title} (replaces ${parent.number})`.slice(0, 200) }
      : {
          ...content,
          title: `Correction of ${parent.number}: ${content.title}`.slice(0, 200),
          sections: [{ kind: 'adjustment', id: 'correction', title: 'Correction', lines: [] }],
        }
  return draftQuote(quoting, who, start, correction)
}

export async function editQuote(
  quoting: Quoting,
  who: Who,
  id: string,
  expected: number,
  content: QuoteContent,
): Promise<void> {
  await checkCustomer(quoting, content)
  await decideOn(quoting, who, id, expected, { type: 'EditQuote', ...written(content) })
}

/** Freezes the draft as a revision, with the hash of the document that the customer will see. */
export async function sendQuote(
  quoting: Quoting,
  who: Who,
  id: string,
  expected: number,
): Promise<void> {
  const loaded = await loadQuote(quoting, id)
  const { state } = loaded
  const draft = latestWritten(state)
  const { customerId } = draft.content
  const customer = customerId === null ? undefined : await readCustomer(quoting.ledger, customerId)
  const customerName = customer?.name ?? ''
  // On the quote as it was loaded: loaded anew, it could say something else than what was hashed.
  await decideOnLoaded(quoting, who, loaded, expected, {
    type: 'SendQuote',
    customerName,
    documentHash: hashOfDocument(quoteDocument(state, draft, customerName)),
    linkExpiresAt: quoting.now().add(linkLife).toString({ fractionalSecondDigits: 3 }),
  })
}

/** Decides one of the commands that concern nothing but the quote itself. */
export async function decideOn(
  quoting: Quoting,
  who: Who,
  id: string,
  expected: number,
  command: QuoteCommand,
): Promise<void> {
  await decideOnLoaded(quoting, who, await loadQuote(quoting, id), expected, command)
}

async function decideOnLoaded(
  quoting: Quoting,
  who: Who,
  loaded: Loaded<ExistingQuote>,
  expected: number,
  command: QuoteCommand,
): Promise<void> {
  if (loaded.version !== expected) throw moved(loaded.version)
  const facts = await parentFacts(quoting, loaded.state.correction)
  await commit(quoting.ledger, who, [change(quoting.quote, loaded, command, facts)])
}

/**
 * Accepts the revision that stands, and makes or amends the contract in the same transaction.
 * Two people who accept at once: one of them does, the other is told that it is accepted.
 */
export async function acceptQuote(
  quoting: Quoting,
  who: Who,
  id: string,
  by: { contactId: string; name: string; documentHash: string },
): Promise<void> {
  const loaded = await loadQuote(quoting, id)
  const { correction } = loaded.state
  const contractId = correction?.contractId ?? uuidv7()
  const command: QuoteCommand = {
    type: 'AcceptQuote',
    documentHash: by.documentHash,
    acceptedBy: { kind: 'personal', person: by.contactId, value: by.name },
    acceptedAt: quoting.now().toString({ fractionalSecondDigits: 3 }),
    contractId,
  }
  const facts = await parentFacts(quoting, correction)
  const accepted = change(quoting.quote, loaded, command, facts)
  const contracted = await contractChange(quoting, id, loaded.state, contractId)
  await commit(quoting.ledger, who, [accepted, contracted])
}

async function contractChange(
  quoting: Quoting,
  quoteId: string,
  state: ExistingQuote,
  contractId: string,
): Promise<Change> {
  if (!('sent' in state)) throw new Error('Only a sent revision makes a contract')
  const { totalMinor, soldMinutes, content } = state.sent
  const sold = { quoteId, quoteNumber: state.number, totalMinor, soldMinutes }
  const loaded = await loadContract(quoting, contractId)
  if (state.correction === null) {
    const { customerId, currency } = content
    if (customerId === null) throw new Error('QUO-8 let a quote without a customer through')
    return change(contract, loaded, { type: 'MakeContract', ...sold, customerId, currency }, null)
  }
  const { kind, parentId } = state.correction
  return change(contract, loaded, { type: 'AmendContract', kind, parentId, ...sold }, null)
}

/** What a quote names must exist: a customer, and a contact of that customer. */
async function checkCustomer(quoting: Quoting, content: QuoteContent): Promise<void> {
  const { customerId, contactId } = content
  if (customerId === null) {
    if (contactId !== null) throw invalid('contactId', 'Name the customer before the contact')
    return
  }
  const customer = await readCustomer(quoting.ledger, customerId)
  if (customer === undefined) throw invalid('customerId', `There is no customer ${customerId}`)
  if (contactId !== null && !customer.contacts.some(({ id }) => id === contactId))
    throw invalid('contactId', `${customer.name} has no contact ${contactId}`)
}

function written(content: QuoteContent) {
  if (!isWithinBounds(content)) throw invalid('sections', 'The lines amount to too much')
  const { totalMinor, soldMinutes } = totalsOf(content)
  return { content, totalMinor, soldMinutes }
}

function invalid(field: string, message: string) {
  return invalidRequest([{ in: 'body', field: `content.${field}`, message }])
}
