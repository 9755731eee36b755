import { commandIdOf, hashOfRequest } from '@pet/http/idempotency'
import { problem } from '@pet/http/problem'
import type { HttpServer } from '@pet/http/server'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readCustomer } from '../customers/read-customers.ts'
import { verifyLink } from '../identity/signed-link.ts'
import { decideAgainWhenMoved } from '../rules/execute.ts'
import type { Who } from '../rules/execute.ts'
import { once } from '../rules/once.ts'
import { text } from '../text.ts'
import { loadQuote } from './load-quote.ts'
import { acceptQuote, decideOn } from './quote-actions.ts'
import { quoteDocument } from './quote-document.ts'
import type { ExistingQuote } from './quote-state.ts'
import type { AcceptanceReceipt, CustomerQuoteView } from './quote-view.ts'
import type { Quoting } from './quoting.ts'

const params = z.strictObject({ token: z.string().min(1).max(1_000) })
const byLink = { policy: 'signed-link' as const, requestsPerMinute: 120 }

const irreversible =
  'Accepting is final: it makes the contract, and nothing can change or take back an accepted quote. A correction is a new quote.'

/** What the customer's contact does, without an account: see one revision of one quote, and answer it. */
export function customerQuoteRoutes(app: HttpServer, quoting: Quoting) {
  app.get('/api/links/:token', { config: byLink, schema: { params } }, async ({ params }) =>
    customerView(quoting, await opened(quoting, params.token)),
  )

  app.post(
    '/api/links/:token/acceptance',
    {
      config: byLink,
      schema: {
        params,
        body: z.strictObject({
          name: text().trim().min(1).max(200),
          documentHash: z.string().max(64),
          confirmed: z.literal(true),
        }),
      },
    },
    async (request) => {
      const link = await opened(quoting, request.params.token)
      const { name, documentHash } = request.body
      // Not of the name: its hash would outlive the person's key.
      const who = whoAnswers(link, request, { documentHash })
      const by = { contactId: link.contactId, name, documentHash }
      await once(quoting.ledger, who, () =>
        decideAgainWhenMoved(() => acceptQuote(quoting, who, link.quoteId, by)),
      )
      return receipt((await loadQuote(quoting, link.quoteId)).state)
    },
  )

  app.post(
    '/api/links/:token/rejection',
    {
      config: byLink,
      schema: {
        params,
        body: z.strictObject({ reason: text().trim().min(1).max(1_000) }),
      },
    },
    async (request) => {
      const link = await opened(quoting, request.params.token)
      const { reason } = request.body
      const who = whoAnswers(link, request, { reason })
      await once(quoting.ledger, who, () =>
        decideOn(quoting, who, link.quoteId, link.version, { type: 'RejectQuote', reason }),
      )
      return customerView(quoting, await opened(quoting, request.params.token))
    },
  )
}

type OpenedLink = {
  quoteId: string
  contactId: string
  customerId: string
  version: number
  state: Extract<ExistingQuote, { sent: unknown }>
}

/**
 * The quote behind a link, as long as the link is for the revision that stands.
 * A forged link and one to nowhere are answered alike.
 */
async function opened(quoting: Quoting, token: string): Promise<OpenedLink> {
  const scope = verifyLink(token, quoting.linkSecret)
  if (scope === undefined)
    throw problem(404, 'no-such-link', 'This link leads nowhere', 'Ask who sent it for a new one.')
  const { state, version } = await loadQuote(quoting, scope.quoteId)
  if (state.status === 'withdrawn')
    throw problem(
      410,
      'quote-withdrawn',
      'This quote was withdrawn',
      'Ask who sent it for a new one.',
    )
  if (!('sent' in state) || state.sent.revision !== scope.revision)
    throw problem(
      410,
      'revision-superseded',
      'A newer revision of this quote was sent',
      'Use the newer link.',
    )
  const expired = quoting.now().epochMilliseconds > Date.parse(scope.expiresAt)
  if (expired && state.status !== 'accepted')
    throw problem(410, 'link-expired', 'This link has expired', 'Ask who sent it for a new one.')
  const { customerId, contactId } = state.sent.content
  if (customerId === null || contactId === null)
    throw new Error('QUO-8 let a quote without a contact be sent')
  return { quoteId: scope.quoteId, version, state, customerId, contactId }
}

async function customerView(quoting: Quoting, link: OpenedLink): Promise<CustomerQuoteView> {
  const { state } = link
  const { sent } = state
  const customer = await readCustomer(quoting.ledger, link.customerId)
  return {
    firmName: quoting.firmName,
    status: state.status === 'revising' ? 'sent' : state.status,
    document: quoteDocument(state, sent, sent.customerName),
    documentHash: sent.documentHash,
    contactName: customer?.contacts.find(({ id }) => id === link.contactId)?.name ?? null,
    linkExpiresAt: sent.linkExpiresAt,
    accepted:
      state.status === 'accepted'
        ? {
            at: state.acceptance.acceptedAt,
            by: state.acceptance.acceptedBy.value,
            documentHash: state.acceptance.documentHash,
          }
        : null,
    irreversible,
  }
}

function receipt(state: ExistingQuote): AcceptanceReceipt {
  if (state.status !== 'accepted') throw new Error('A receipt of a quote that is not accepted')
  const { revision, acceptedAt, acceptedBy, documentHash } = state.acceptance
  return {
    number: state.number,
    revision,
    at: acceptedAt,
    by: acceptedBy.value ?? '',
    documentHash,
  }
}

function whoAnswers(link: OpenedLink, request: FastifyRequest, answer: object): Who {
  const actor = `contact:${link.customerId}/${link.contactId}`
  return {
    actor,
    commandId: `${actor} ${commandIdOf(request)}`,
    request: hashOfRequest(request, answer),
  }
}
