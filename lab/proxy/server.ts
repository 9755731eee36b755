import { isIP, type AddressInfo } from 'node:net'
import { createApi } from './api.ts'
import { formatAddress } from './address.ts'
import { createProxies, type Proxies } from './proxies.ts'
import { ProxyProblem } from './proxy-problem.ts'

export type ProxyServerOptions = {
  /** Where its API listens. @default 127.0.0.1 */
  host?: string
  /** 0 takes any free one. @default 8474 */
  port?: number
  /** Of all its proxies. @default 0 */
  seed?: number
  /** What `populate` takes. */
  populate?: unknown
}

export type ProxyServer = AsyncDisposable & { url: string; proxies: Proxies }

/**
 * Proxies with the API that tells them what to do.
 * @throws ProxyProblem when it can't listen, or can't make what is to be populated; nothing is left then
 */
export async function startProxyServer(options: ProxyServerOptions = {}): Promise<ProxyServer> {
  const { host = '127.0.0.1', port = 8_474, seed = 0 } = options
  await using stack = new AsyncDisposableStack()
  const proxies = stack.use(createProxies({ seed }))
  if (options.populate !== undefined) await proxies.populate(options.populate)
  const api = createApi({ proxies, anyHostName: !isLoopback(host) })
  stack.defer(() => api.close())
  await api.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
    const place = formatAddress({ host, port })
    const reason =
      error.code === 'EADDRINUSE' ? 'it is taken; take another by --port' : error.message
    throw new ProxyProblem(409, `The API can't listen on ${place}: ${reason}`)
  })
  const { port: taken } = api.server.address() as AddressInfo // it listens on TCP
  const held = stack.move()
  return {
    url: `http://${formatAddress({ host, port: taken })}`,
    proxies,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}
