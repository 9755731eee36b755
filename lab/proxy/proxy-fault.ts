import type { Fault } from '../undo/fault.ts'
import type { HttpFaultRequest } from './http/http-fault.ts'
import { ProxyProblem } from './proxy-problem.ts'
import type { ToxicRequest } from './toxic.ts'

export type ProxyFaultOptions = {
  /** Of the proxy's API, as `startProxyServer` has it. */
  apiUrl: string
  /** The proxy's name. */
  proxy: string
  /** After this it is taken back, whatever happens. */
  limitMs: number
} & ({ toxic: ToxicRequest & { name: string } } | { fault: HttpFaultRequest & { name: string } })

/**
 * A toxic or an HTTP fault as something for `inject`: its undo is a call to the proxy's API, so that
 * whoever finds it in a journal can take it back from a proxy that still runs.
 */
export function proxyFault(options: ProxyFaultOptions): Fault {
  const { apiUrl, proxy, limitMs } = options
  const [kind, body] =
    'toxic' in options ? (['toxics', options.toxic] as const) : (['faults', options.fault] as const)
  const place = `${apiUrl}/proxies/${encodeURIComponent(proxy)}/${kind}`
  const undo = {
    kind: 'remove-from-proxy',
    url: `${place}/${encodeURIComponent(body.name)}`,
  } as const
  return {
    name: body.name,
    limitMs,
    undo,
    // By its name it would be taken back, so one of the same name that is there already would go.
    check: async () => {
      const { status } = await ask(undo.url)
      if (status !== 404) throw new ProxyProblem(409, `${kind}: "${body.name}" is there already`)
    },
    start: async () => {
      const response = await ask(place, { method: 'POST', body: JSON.stringify(body) })
      if (response.ok) return
      const { error } = (await response.json()) as { error: string } // as every failure of the API
      throw new ProxyProblem(response.status as ProxyProblem['status'], error)
    },
  }
}

const answersMs = 5_000

function ask(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(answersMs) })
}
