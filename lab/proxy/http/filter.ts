import type { IncomingMessage } from 'node:http'
import type { HttpFault } from './http-fault.ts'

/** Whether a request is one of those that a fault is about. */
export type Filter = (request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) => boolean

export function compileFilter({ path, methods, headers = {} }: HttpFault['filter']): Filter {
  const pattern = path === undefined ? undefined : compilePath(path)
  const wanted = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  )
  return (request) =>
    (pattern?.test(pathOf(request.url)) ?? true) &&
    (methods?.includes(request.method ?? '') ?? true) &&
    wanted.every(([name, value]) => {
      const given = request.headers[name]
      return value === '*' ? given !== undefined : String(given) === value
    })
}

/** The path without its query. */
export function pathOf(url = '/'): string {
  return url.split('?', 1)[0] ?? url
}

/** At most eight stars, of which each goes through the path once for each one before it. */
function compilePath(path: string): RegExp {
  const source = path
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : RegExp.escape(part)))
    .join('')
  return new RegExp(`^${source}$`)
}
