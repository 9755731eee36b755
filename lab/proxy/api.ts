import fastify, { type FastifyInstance } from 'fastify'
import type { HttpFaultRequest } from './http/http-fault.ts'
import { metricsText } from './metrics.ts'
import { ProxyProblem } from './proxy-problem.ts'
import type { Proxies } from './proxies.ts'
import type { ToxicChange, ToxicRequest } from './toxic.ts'

/** Clients look for the version of Toxiproxy whose API they speak; the build part says that it is not that. */
export const apiVersion = '2.12.0+pet'

export type ApiOptions = {
  proxies: Proxies
  /** Whether it may be asked for by any host name, not only by this machine's. */
  anyHostName: boolean
}

type ByProxy = { Params: { proxy: string } }
type ByName = { Params: { proxy: string; name: string } }

/**
 * Toxiproxy's HTTP API, with HTTP faults and the hit list beside it. Failures are `{error, status}`.
 * Not for browsers: a page that somebody happens to look at must not be able to break things here.
 */
export function createApi({ proxies, anyHostName }: ApiOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: 1024 * 1024,
    requestTimeout: 15_000,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  })
  readEveryBodyAsJson(app)
  answerFailuresAsToxiproxyDoes(app)
  keepBrowsersOut(app, anyHostName)
  addProxyRoutes(app, proxies)
  addToxicRoutes(app, proxies)
  addFaultRoutes(app, proxies)
  app.get('/version', () => ({ version: apiVersion }))
  app.get('/metrics', (_, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(metricsText(proxies.all())),
  )
  return app
}

function addProxyRoutes(app: FastifyInstance, proxies: Proxies): void {
  app.get('/proxies', () =>
    Object.fromEntries(proxies.all().map((proxy) => [proxy.name, proxy.describe()])),
  )
  app.post('/proxies', async (request, reply) =>
    reply.code(201).send((await proxies.create(request.body)).describe()),
  )
  app.post('/populate', async (request, reply) => {
    const populated = await proxies.populate(request.body)
    return reply.code(201).send({ proxies: populated.map((proxy) => proxy.describe()) })
  })
  app.post('/reset', async (_, reply) => {
    await proxies.reset()
    return reply.code(204).send()
  })
  app.get<ByProxy>('/proxies/:proxy', ({ params }) => proxies.find(params.proxy).describe())
  app.route<ByProxy>({
    method: ['POST', 'PATCH'],
    url: '/proxies/:proxy',
    handler: async ({ params, body }) => (await proxies.change(params.proxy, body)).describe(),
  })
  app.delete<ByProxy>('/proxies/:proxy', async ({ params }, reply) => {
    await proxies.remove(params.proxy)
    return reply.code(204).send()
  })
  app.get<ByProxy>('/proxies/:proxy/hits', ({ params }) => proxies.find(params.proxy).hits())
}

function addToxicRoutes(app: FastifyInstance, proxies: Proxies): void {
  const toxicsOf = ({ proxy }: { proxy: string }) => proxies.find(proxy).toxics
  app.get<ByProxy>('/proxies/:proxy/toxics', ({ params }) => toxicsOf(params).all())
  // Bodies are checked where they are used: code that calls `add` is as fallible as a client.
  app.post<ByProxy & { Body: ToxicRequest }>('/proxies/:proxy/toxics', ({ params, body }) =>
    toxicsOf(params).add(body),
  )
  app.get<ByName>('/proxies/:proxy/toxics/:name', ({ params }) =>
    toxicsOf(params).find(params.name),
  )
  app.route<ByName & { Body: ToxicChange }>({
    method: ['POST', 'PATCH'],
    url: '/proxies/:proxy/toxics/:name',
    handler: ({ params, body }) => toxicsOf(params).change(params.name, body),
  })
  app.delete<ByName>('/proxies/:proxy/toxics/:name', ({ params }, reply) => {
    toxicsOf(params).remove(params.name)
    return reply.code(204).send()
  })
}

function addFaultRoutes(app: FastifyInstance, proxies: Proxies): void {
  const faultsOf = ({ proxy }: { proxy: string }) => proxies.find(proxy).faults
  app.get<ByProxy>('/proxies/:proxy/faults', ({ params }) => faultsOf(params).all())
  app.post<ByProxy & { Body: HttpFaultRequest }>('/proxies/:proxy/faults', ({ params, body }) =>
    faultsOf(params).add(body),
  )
  app.get<ByName>('/proxies/:proxy/faults/:name', ({ params }) =>
    faultsOf(params).find(params.name),
  )
  app.route<ByName & { Body: Record<string, unknown> }>({
    method: ['POST', 'PATCH'],
    url: '/proxies/:proxy/faults/:name',
    handler: ({ params, body }) => faultsOf(params).change(params.name, body),
  })
  app.delete<ByName>('/proxies/:proxy/faults/:name', ({ params }, reply) => {
    faultsOf(params).remove(params.name)
    return reply.code(204).send()
  })
}

/** As Toxiproxy does: people send its API what `curl -d` sends. */
function readEveryBodyAsJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_, text, done) => {
    try {
      done(null, text === '' ? undefined : JSON.parse(String(text)))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      done(new ProxyProblem(400, `bad request body: it is no JSON: ${reason}`))
    }
  })
}

function answerFailuresAsToxiproxyDoes(app: FastifyInstance): void {
  app.setNotFoundHandler(({ method, url }, reply) =>
    reply.code(404).send({ error: `there is no ${method} ${url} here`, status: 404 }),
  )
  app.setErrorHandler((error: Error & { statusCode?: number }, _, reply) => {
    const status = error instanceof ProxyProblem ? error.status : (error.statusCode ?? 500)
    return reply.code(status).send({ error: error.message, status })
  })
}

function keepBrowsersOut(app: FastifyInstance, anyHostName: boolean): void {
  app.addHook('onRequest', async ({ headers, host }) => {
    if (headers['user-agent']?.startsWith('Mozilla/') || headers.origin !== undefined) {
      throw new ProxyProblem(403, 'User agent not allowed: this API is not for browsers')
    }
    const name = host.replace(/:\d+$/, '')
    if (!anyHostName && !/^(?:localhost|[\d.]+|\[[\da-f:.]+\])$/i.test(name)) {
      throw new ProxyProblem(403, `"${name}" is not this machine; ask by its address or localhost`)
    }
  })
}
