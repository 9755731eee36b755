import { queryOptions } from '@tanstack/react-query'
import { request } from '../kit/api.ts'

export type Account = { id: string; name: string; email: string; roles: string[] }
export type Session = { account: Account | null; demo: boolean }
export type DemoAccount = { id: string; name: string; email: string; role: string; title: string }

export const sessionKey = ['session']

/** Who is signed in, if anyone. */
export const sessionQuery = queryOptions({
  queryKey: sessionKey,
  queryFn: ({ signal }) => request<Session>('GET', '/api/session', { signal }),
  staleTime: 60_000,
})

export const demoAccountsQuery = queryOptions({
  queryKey: ['demo-accounts'],
  queryFn: ({ signal }) =>
    request<{ accounts: DemoAccount[] }>('GET', '/api/demo/accounts', { signal }),
  staleTime: Infinity,
})

export function signInToDemo(accountId: string): Promise<unknown> {
  return request('POST', '/api/demo/sign-in', { body: { accountId } })
}

export function signInWithPassword(email: string, password: string): Promise<unknown> {
  return request('POST', '/api/auth/sign-in/email', { body: { email, password } })
}

export function signOut(): Promise<unknown> {
  return request('POST', '/api/auth/sign-out', { body: {} })
}

export function isAdministrator(account: Account): boolean {
  return account.roles.includes('administrator')
}

/** Who may write quotes; the server refuses everyone else, so that the page need not offer it. */
export function canWriteQuotes(account: Account): boolean {
  return account.roles.includes('sales') || account.roles.includes('manager')
}

/** @example roleLabel('project-manager') // 'Project manager' */
export function roleLabel(role: string): string {
  const words = role.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
