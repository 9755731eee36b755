import { expectedVersionOf } from '@pet/http/expected-version'
import { commandIdOf } from '@pet/http/idempotency'
import type { HttpServer } from '@pet/http/server'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Who } from '../rules/execute.ts'
import { listQuotes } from './list-quotes.ts'
import { correctQuote, decideOn, draftQuote, editQuote, sendQuote } from './quote-actions.ts'
import { quoteContent } from './quote-content.ts'
import type { QuoteView } from './quote-view.ts'
import type { Quoting } from './quoting.ts'
import { readQuote } from './read-quote.ts'

const readers = {
  policy: { roles: ['sales', 'manager', 'project-manager', 'finance', 'administrator'] },
}
const writers = { policy: { roles: ['sales', 'manager'] } }

const params = z.strictObject({ id: z.uuid() })
const nothing = z.strictObject({})
const reason = z.strictObject({ reason: z.string().trim().min(1).max(1_000) })

export function quoteRoutes(app: HttpServer, quoting: Quoting) {
  app.get('/api/quotes', { config: readers }, async () => ({ quotes: await listQuotes(quoting) }))

  app.get('/api/quotes/:id', { config: readers, schema: { params } }, ({ params }) =>
    readQuote(quoting, params.id),
  )

  app.post(
    '/api/quotes',
    { config: writers, schema: { body: z.strictObject({ content: quoteContent }) } },
    async (request, reply) => {
      const id = await draftQuote(quoting, whoSent(request), request.body.content)
      return reply.code(201).send(await readQuote(quoting, id))
    },
  )

  app.post(
    '/api/quotes/:id/corrections',
    {
      config: writers,
      schema: { params, body: z.strictObject({ kind: z.enum(['delta', 'replacement']) }) },
    },
    async (request, reply) => {
      const { params, body } = request
      const id = await correctQuote(quoting, whoSent(request), params.id, body.kind)
      return reply.code(201).send(await readQuote(quoting, id))
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

/** Runs a change of an existing quote once per command id, and answers with the quote as it is then. */
async function changed(
  quoting: Quoting,
  request: FastifyRequest & { params: { id: string } },
  change: (who: Who, expected: number) => Promise<void>,
): Promise<QuoteView> {
  const who = whoSent(request)
  const expected = expectedVersionOf(request)
  if (!(await quoting.ledger.isAppended(who.commandId))) await change(who, expected)
  return readQuote(quoting, request.params.id)
}

/** Who gives the command. Its id is bound to the person, so that nobody answers for another's. */
function whoSent(request: FastifyRequest): Who {
  const id = request.account?.id ?? 'nobody'
  return { actor: `account:${id}`, commandId: `${id} ${commandIdOf(request)}` }
}
