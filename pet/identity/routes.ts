import { problem } from '@pet/http/problem'
import type { HttpServer } from '@pet/http/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { text } from '../text.ts'
import type { Auth } from './auth.ts'
import { demoAccounts } from './demo-accounts.ts'

const credentials = z.strictObject({ email: z.email().max(254), password: text().max(200) })

export function identityRoutes(
  app: HttpServer,
  { auth, demo, origin }: { auth: Auth; demo: boolean; origin: string },
) {
  app.get('/api/session', { config: { policy: 'public' } }, async (request) => ({
    account: (await auth.accountOf(request.headers)) ?? null,
    demo,
  }))

  // Of better-auth's endpoints those that people use, each with a schema: the rest of them is nobody's door.
  const config = { policy: 'public' as const, requestsPerMinute: 120 }
  const handleByAuth = async (request: FastifyRequest, reply: FastifyReply) =>
    send(reply, await auth.handle(asFetch(request, origin)))
  app.post('/api/auth/sign-in/email', { config, schema: { body: credentials } }, handleByAuth)
  app.post('/api/auth/sign-out', { config, schema: { body: z.strictObject({}) } }, handleByAuth)

  if (!demo) return
  app.get('/api/demo/accounts', { config: { policy: 'public' } }, async () => ({
    accounts: demoAccounts,
  }))

  app.post(
    '/api/demo/sign-in',
    {
      config: { policy: 'public', requestsPerMinute: 120 },
      schema: { body: z.strictObject({ accountId: z.string().max(64) }) },
    },
    async (request, reply) => {
      const account = demoAccounts.find(({ id }) => id === request.body.accountId)
      if (account === undefined) {
        const known = demoAccounts.map(({ id }) => id).join(', ')
        throw problem(404, 'no-such-account', 'No such demo account', `There are: ${known}.`)
      }
      const response = await auth.signInDemo(account.id, request.headers)
      for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
      const { name, email, role } = account
      return { account: { name, email, roles: [role] } }
    },
  )
}

/** better-auth speaks fetch's Request and Response. */
function asFetch(request: FastifyRequest, origin: string): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && name !== 'content-length') headers.set(name, value)
  }
  // Throttling counts by this address, so that it is what our server saw, not what a caller claims.
  headers.set('x-forwarded-for', request.ip)
  const body = request.method === 'POST' ? JSON.stringify(request.body ?? {}) : null
  return new Request(new URL(request.url, origin), { method: request.method, headers, body })
}

async function send(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  reply.code(response.status)
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') reply.header(name, value)
  }
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  return reply.send(Buffer.from(await response.arrayBuffer()))
}
