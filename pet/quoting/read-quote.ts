import { readCustomer } from '../customers/read-customers.ts'
import { signLink } from '../identity/signed-link.ts'
import { decide } from '../rules/aggregate.ts'
import { loadContract, loadQuote, parentFacts } from './load-quote.ts'
import type { QuoteCommand, QuoteFacts } from './quote-commands.ts'
import { readFamily } from './quote-family.ts'
import type { ExistingQuote, SentRevision } from './quote-state.ts'
import { latestWritten } from './quote-state.ts'
import type { QuoteCommandName, QuoteView, RuleReference } from './quote-view.ts'
import type { Quoting } from './quoting.ts'
import { totalsOf } from './totals.ts'

/**
 * One quote in full, as people of the firm see it.
 * @throws Problem 404 when there is none.
 */
export async function readQuote(quoting: Quoting, id: string): Promise<QuoteView> {
  const { state, version, history } = await loadQuote(quoting, id)
  const { content, revision } = latestWritten(state)
  const customer =
    content.customerId === null ? undefined : await readCustomer(quoting.ledger, content.customerId)
  const contact = customer?.contacts.find((one) => one.id === content.contactId)
  const facts = await parentFacts(quoting, state.correction)
  const at = (type: string) => history.findLast((event) => event.type === type)?.occurredAt ?? ''
  const stands = state.status === 'accepted' && (await standsInContract(quoting, id, state))
  return {
    id,
    number: state.number,
    version,
    status: state.status,
    revision,
    content,
    totals: totalsOf(content),
    customerName: customer?.name ?? null,
    contactName: contact?.name ?? null,
    correction: state.correction && {
      kind: state.correction.kind,
      parentId: state.correction.parentId,
      parentNumber: state.correction.parentNumber,
    },
    family: await readFamily(quoting, id, state),
    sent: 'sent' in state ? sentView(quoting, id, state.sent, at('QuoteSent')) : null,
    accepted:
      state.status === 'accepted'
        ? {
            revision: state.acceptance.revision,
            at: state.acceptance.acceptedAt,
            by: state.acceptance.acceptedBy.value,
            documentHash: state.acceptance.documentHash,
          }
        : null,
    closed:
      state.status === 'rejected' || state.status === 'withdrawn'
        ? { reason: state.reason, at: history.at(-1)?.occurredAt ?? '' }
        : null,
    allowed: allowedCommands(quoting, state, facts, stands),
    missing: missingToSend(quoting, state, facts),
  }
}

function sentView(quoting: Quoting, quoteId: string, sent: SentRevision, at: string) {
  const { revision, documentHash, linkExpiresAt: expiresAt } = sent
  const token = signLink({ quoteId, revision, expiresAt }, quoting.linkSecret)
  return { revision, at, documentHash, linkPath: `/customer/${token}` }
}

/** Asks the rules about each command as it would be given now. */
function allowedCommands(
  quoting: Quoting,
  state: ExistingQuote,
  facts: QuoteFacts,
  stands: boolean,
): QuoteCommandName[] {
  const { content, totalMinor, soldMinutes } = latestWritten(state)
  const commands: QuoteCommand[] = [
    { type: 'EditQuote', content, totalMinor, soldMinutes },
    sending,
    { type: 'ReviseQuote' },
    { type: 'WithdrawQuote', reason: 'asked whether it could be' },
  ]
  const allowed: QuoteCommandName[] = commands
    .filter((command) => decide(quoting.quote, state, command, facts).outcome === 'decided')
    .map(({ type }) => type)
  const isDelta = state.correction?.kind === 'delta'
  return stands && !isDelta ? [...allowed, 'CorrectQuote'] : allowed
}

function missingToSend(quoting: Quoting, state: ExistingQuote, facts: QuoteFacts): RuleReference[] {
  if (state.status !== 'draft' && state.status !== 'revising') return []
  const decision = decide(quoting.quote, state, sending, facts)
  return decision.outcome === 'refused' ? decision.rules : []
}

async function standsInContract(
  quoting: Quoting,
  id: string,
  { acceptance }: Extract<ExistingQuote, { status: 'accepted' }>,
): Promise<boolean> {
  const { state } = await loadContract(quoting, acceptance.contractId)
  return state.status === 'made' && state.standingQuoteId === id
}

/** Whether it may be sent depends on what it says, not on hash, name and time. */
const sending: QuoteCommand = {
  type: 'SendQuote',
  customerName: '',
  documentHash: '',
  linkExpiresAt: '',
}
