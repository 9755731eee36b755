import { ProxyProblem } from './proxy-problem.ts'

/** Where something listens; an empty host, as in `:8080`, is this machine only. */
export type Address = { host: string; port: number }

const form = /^(?:\[([^\]]+)\]|([^:[\]\s/@]*)):(\d{1,5})$/

/**
 * Reads `host:port`, `[::1]:port` or `:port`.
 * @throws ProxyProblem 400 that names the field and the form
 */
export function parseAddress(field: 'listen' | 'upstream', text: string): Address {
  const [, inBrackets, name, digits] = form.exec(text) ?? []
  const port = Number(digits)
  const least = field === 'listen' ? 0 : 1
  if (digits === undefined || port > 65_535 || port < least) {
    throw new ProxyProblem(
      400,
      `${field}: "${text}" is no address; expected host:port with a port from ${least} to 65535, as in 127.0.0.1:5432`,
    )
  }
  return { host: inBrackets || name || '127.0.0.1', port }
}

/** The other way round, with the brackets that an IPv6 address needs. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
