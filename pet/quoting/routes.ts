import { expectedVersionOf } from '@pet/http/expected-version'
import { commandIdOf, hashOfRequest } from '@pet/http/idempotency'
import type { HttpServer } from '@pet/http/server'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Who } from '../rules/execute.ts'
import { once } from '../rules/once.ts'
import { text } from '../text.ts'
import { listQuotes } from './list-quotes.ts'
import { correctQuote, decideOn, draftQuote, editQuote, sendQuote } from './quote-actions.ts'
import { quoteContent } from './quote-content.ts'
import type { QuoteView } from './quote-view.ts'
import { quoteIdOf } from './quoting.ts'
import type { Quoting } from './quoting.ts'
import { readQuote } from './read-quote.ts'

const readers = {
  policy: { roles: ['sales', 'manager', 'project-manager', 'finance', 'administrator'] },
}
const writerRoles = ['sales', 'manager']
const writers = { policy: { roles: writerRoles } }

const params = z.strictObject({ id: z.uuid() })
const nothing = z.strictObject({})
const reason = z.strictObject({ reason: text().trim().min(1).max(1_000) })

export function quoteRoutes(app: HttpServer, quoting: Quoting) {
  app.get('/api/quotes', { config: readers }, async () => ({ quotes: await listQuotes(quoting) }))

  app.get('/api/quotes/:id', { config: readers, schema: { params } }, async (request) => {
    const view = await readQuote(quoting, request.params.id)
    return request.account?.roles.some((role) => writerRoles.includes(role))
      ? view
      : withoutLink(view)
  })

  app.post(
    '/api/quotes',
    { config: writers, schema: { body: z.strictObject({ content: quoteContent }) } },
    async (request, reply) => {
      const who = whoSent(request)
      const { content } = request.body
      const stream = await once(quoting.ledger, who, () => draftQuote(quoting, who, content))
      return reply.code(201).send(await readQuote(quoting, quoteIdOf(stream)))
    },
  )

  app.post(
    '/api/quotes/:id/corrections',
    {
      config: writers,
      schema: { params, body: z.strictObject({ kind: z.enum(['delta', 'replacement']) }) },
    },
    async (request, reply) => {
      const who = whoSent(request)
      const { params, body } = request
      const stream = await once(quoting.ledger, who, () =>
        correctQuote(quoting, who, params.id, body.kind),
      )
      return reply.code(201).send(await readQuote(quoting, quoteIdOf(stream)))
    },
  )

  app.put(
    '/api/quotes/:id/content',
    { config: writers, schema: { params, body: z.strictObject({ content: quoteContent }) } },
    (request) =>
      changed(quoting, request, (who, expected) =>
        editQuote(quoting, who, request.params.id, expected, request.body.content),
      ),
  )

  app.post(
    '/api/quotes/:id/send',
    { config: writers, schema: { params, body: nothing } },
    (request) =>
      changed(quoting, request, (who, expected) =>
        sendQuote(quoting, who, request.params.id, expected),
      ),
  )

  app.post(
    '/api/quotes/:id/revise',
    { config: writers, schema: { params, body: nothing } },
    (request) =>
      changed(quoting, request, (who, expected) =>
        decideOn(quoting, who, request.params.id, expected, { type: 'ReviseQuote' }),
      ),
  )

  app.post(
    '/api/quotes/:id/withdraw',
    { config: writers, schema: { params, body: reason } },
    (request) =>
      changed(quoting, request, (who, expected) =>
        decideOn(quoting, who, request.params.id, expected, {
          type: 'WithdrawQuote',
          reason: request.body.reason,
        }),
      ),
  )
}

/** The link is the customer's voice: who only reads quotes does not get it. */
function withoutLink(view: QuoteView): QuoteView {
  return { ...view, sent: view.sent && { ...view.sent, linkPath: null } }
}

/** Runs a change of an existing quote once per command id, and answers with the quote as it is then. */
async function changed(
  quoting: Quoting,
  request: FastifyRequest & { params: { id: string } },
  change: (who: Who, expected: number) => Promise<void>,
): Promise<QuoteView> {
  const who = whoSent(request)
  const expected = expectedVersionOf(request)
  await once(quoting.ledger, who, () => change(who, expected))
  return readQuote(quoting, request.params.id)
}

/** Who gives the command. Its id is bound to the person, so that nobody answers for another's. */
function whoSent(request: FastifyRequest): Who {
  const id = request.account?.id ?? 'nobody'
  return {
    actor: `account:${id}`,
    commandId: `${id} ${commandIdOf(request)}`,
    request: hashOfRequest(request),
  }
}
