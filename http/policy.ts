import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest, RouteOptions } from 'fastify'
import { problem } from './problem.ts'

/**
 * Who may call a route. `public`: anybody. `signed-in`: any account. `roles`: an account with one of them.
 * `signed-link`: the handler verifies the token in the address, and nothing else is asked. `orToken`: also a program
 * that sends the server's token of that name as `Authorization: Bearer …`; nobody does where the server has none.
 */
export type Policy = 'public' | 'signed-in' | 'signed-link' | { roles: string[]; orToken?: string }

/** The tokens that programs may send, by the names that policies know them by. */
export type Tokens = Readonly<Record<string, string>>

export type Account = { id: string; name: string; roles: string[] }

/** Says whose request it is; undefined when nobody is signed in. */
export type Authenticate = (request: FastifyRequest) => Promise<{ account: Account } | undefined>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route declares it; a route without one is refused when it is registered. */
    policy?: Policy
    /** A limit of the route's own for each address. @default the server's */
    requestsPerMinute?: number
  }
  interface FastifyRequest {
    /** Who is signed in; null on public routes and signed links, where nobody asked. */
    account: Account | null
  }
}

/** Throws at once, while the server is put together: a forgotten policy never reaches a caller. */
export function requirePolicy(route: RouteOptions, canAuthenticate: boolean): void {
  const policy = route.config?.policy
  const name = `${String(route.method)} ${route.url}`
  if (policy === undefined) {
    throw new Error(
      `${name} declares no policy: give it config.policy 'public', 'signed-in', 'signed-link' or { roles }`,
    )
  }
  if (!canAuthenticate && policy !== 'public' && policy !== 'signed-link') {
    throw new Error(`${name} needs an account, but the server was made without "authenticate"`)
  }
}

/** Lets the request pass, or throws 401 (nobody is signed in) or 403 (somebody else may). */
export async function enforcePolicy(
  request: FastifyRequest,
  { authenticate, tokens = {} }: { authenticate?: Authenticate; tokens?: Tokens },
): Promise<void> {
  const { policy } = request.routeOptions.config
  if (policy === undefined || policy === 'public' || policy === 'signed-link') return
  if (typeof policy === 'object' && policy.orToken !== undefined) {
    const sent = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (sent !== undefined) return requireToken(sent, tokens[policy.orToken])
  }
  const signedIn = await authenticate?.(request)
  if (!signedIn) {
    throw problem(401, 'not-signed-in', 'Nobody is signed in', 'Sign in, then send it again.')
  }
  const { account } = signedIn
  if (policy !== 'signed-in' && !policy.roles.some((role) => account.roles.includes(role))) {
    throw problem(
      403,
      'not-permitted',
      'This account may not do that',
      `It takes one of these roles: ${policy.roles.join(', ')}. ${account.name} has: ${account.roles.join(', ') || 'none'}.`,
    )
  }
  request.account = account
}

/** Compares in a time that says nothing about where the two differ. */
function requireToken(sent: string, expected: string | undefined): void {
  const digest = (token: string) => hash('sha256', token, 'buffer')
  if (expected !== undefined && timingSafeEqual(digest(sent), digest(expected))) return
  throw problem(
    401,
    'wrong-token',
    'The token is not the right one',
    expected === undefined
      ? 'This server was started without one for this.'
      : 'Send the one that the server was started with.',
  )
}
