import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Authenticate } from '@pet/http/policy'
import { betterAuth } from 'better-auth'
import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { z } from 'zod'
import { demoAccounts } from './demo-accounts.ts'

export type SignedInAccount = { id: string; name: string; email: string; roles: string[] }

export type Auth = {
  /** better-auth's own endpoints under /api/auth. */
  handle: (request: Request) => Promise<Response>
  accountOf: (headers: IncomingHttpHeaders) => Promise<SignedInAccount | undefined>
  authenticate: Authenticate
  /** Signs a demo account in; the answer carries the session's cookie. */
  signInDemo: (accountId: string, headers: IncomingHttpHeaders) => Promise<Response>
  ensureDemoAccounts: () => Promise<void>
}

const roles = z.array(z.string())

/**
 * Sign-in and sessions by better-auth, on the tables in the schema `identity`.
 * @param pool sees `identity` first in its search path
 * @param origin the address that people type, scheme and port included
 * @param demo whether the demo accounts count; elsewhere, in a database that was a demo once, they are nobody
 */
export function createAuth({
  pool,
  origin,
  secret,
  demo,
  logger,
}: {
  pool: Pool
  origin: string
  secret: string
  demo: boolean
  logger: Logger
}): Auth {
  const auth = betterAuth({
    database: pool,
    baseURL: origin,
    secret,
    trustedOrigins: sameMachine(origin),
    telemetry: { enabled: false },
    // The message alone: what comes with it may hold what was sent.
    logger: { log: (level, message) => logger[level](`better-auth: ${message}`) },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12 },
    rateLimit: { enabled: true, storage: 'database', window: 60, max: 30 },
    user: { additionalFields: { roles: { type: 'string[]', required: true, input: false } } },
    session: { expiresIn: 60 * 60 * 12, updateAge: 60 * 60 },
    advanced: { cookiePrefix: 'pet' },
  })

  const accountOf: Auth['accountOf'] = async (headers) => {
    if (headers.cookie === undefined) return undefined
    const session = await auth.api.getSession({ headers: new Headers({ cookie: headers.cookie }) })
    if (session === null) return undefined
    if (!demo && demoAccounts.some(({ email }) => email === session.user.email)) return undefined
    const { id, name, email } = session.user
    return { id, name, email, roles: parseRoles(session.user.roles) }
  }

  return {
    handle: (request) => auth.handler(request),
    accountOf,
    authenticate: async (request) => {
      const account = await accountOf(request.headers)
      return account && { account }
    },
    signInDemo: async (accountId, headers) => {
      const account = demoAccounts.find(({ id }) => id === accountId)
      if (account === undefined) throw new Error(`No demo account ${accountId}`)
      const body = { email: account.email, password: demoPassword(account.email, secret) }
      const context = new Headers({ origin, 'user-agent': headers['user-agent'] ?? '' })
      return auth.api.signInEmail({ body, headers: context, asResponse: true })
    },
    ensureDemoAccounts: async () => {
      const { internalAdapter, password } = await auth.$context
      for (const { name, email, role } of demoAccounts) {
        if (await internalAdapter.findUserByEmail(email)) continue
        const user = await internalAdapter.createUser(
          { name, email, emailVerified: true, roles: [role] },
          { method: 'email-password' },
        )
        await internalAdapter.linkAccount({
          userId: user.id,
          providerId: 'credential',
          accountId: user.id,
          password: await password.hash(demoPassword(email, secret)),
        })
      }
    },
  }
}

/** Nobody needs to know it, and nobody can guess it: demo accounts are signed in by the server itself. */
function demoPassword(email: string, secret: string): string {
  return createHmac('sha256', secret).update(`demo password ${email}`).digest('base64url')
}

function parseRoles(stored: unknown): string[] {
  return roles.parse(typeof stored === 'string' ? JSON.parse(stored) : stored)
}

/** A browser on the same machine may say localhost or 127.0.0.1; both are us. */
function sameMachine(origin: string): string[] {
  const url = new URL(origin)
  const names = ['localhost', '127.0.0.1', '[::1]']
  if (!names.includes(url.hostname)) return [url.origin]
  return names.map((hostname) => `${url.protocol}//${hostname}:${url.port}`)
}
