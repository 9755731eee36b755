import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describeApi } from '@pet/http/openapi'
import { createHttpServer, type HttpServer } from '@pet/http/server'
import { serveWeb } from '@pet/http/static'
import metadata from '../package.json' with { type: 'json' }
import { formatAddress, type Address } from '../proxy/address.ts'
import { startProxy } from '../proxy/proxy.ts'
import type { Registry } from '../registry.ts'
import { createPassThrough } from './pass-through.ts'
import { addHistoryRoutes } from './history-routes.ts'
import { addLabRoutes } from './routes.ts'
import { createRuns, type Runs } from './runs.ts'

/** Who sends a request: an administrator by name, somebody else who is signed in, or nobody. */
export type AskForAdministrator = (headers: {
  cookie?: string
}) => Promise<{ name: string } | 'somebody-else' | undefined>

export type LabServerOptions = {
  /** The public port; 0 takes any free one. */
  port: number
  host: string
  /** PET_HOME: the lab keeps its things in `lab/` inside it. */
  home: string
  registry: Registry
  /** Where PET listens. */
  petUrl: string
  /** PET's database, as its owner. */
  databaseUrl: string
  /** What Vite built. */
  webFolder: URL
  administrator: AskForAdministrator
  /** What Prometheus sends as `Authorization: Bearer …` to read `/api/lab/metrics`. @default none */
  metricsToken?: string
}

export type LabServer = AsyncDisposable & {
  url: string
  /** The same places by way of the lab's proxy, where live faults act. */
  throughProxy: { petUrl: string; databaseUrl: string }
}

/** The lab's own paths, out of reach of every fault; its pages' files among them. */
const ownPath = /^\/(?:lab|api\/lab|assets)(?:[/?#]|$)/

/**
 * Serves the public port: the lab's pages and its API itself, everything else from PET by way of
 * the proxy. Resolves when it listens; at the end a run under way is cancelled and taken back.
 */
export async function startLab(options: LabServerOptions): Promise<LabServer> {
  const { registry, home, petUrl, databaseUrl } = options
  await using stack = new AsyncDisposableStack()
  const toPet = stack.use(await startProxy({ name: 'pet', upstream: upstreamOf(petUrl, 80) }))
  const toDatabase = stack.use(
    await startProxy({ name: 'database', upstream: upstreamOf(databaseUrl, 5432) }),
  )
  const throughProxy = {
    petUrl: withAddress(petUrl, toPet.address),
    databaseUrl: withAddress(databaseUrl, toDatabase.address),
  }
  const runs = stack.use(await createRuns({ registry, home }))
  const own = await createOwnServer(options, runs)
  stack.defer(() => own.close())
  const passThrough = await createPassThrough(throughProxy.petUrl)
  stack.defer(() => passThrough.close())

  const server = createServer((request, response) => {
    const app = ownPath.test(request.url ?? '') ? own : passThrough
    app.routing(request, response)
  })
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(options.port, options.host, resolve)
  await listening
  stack.defer(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const held = stack.move()
  return {
    url: `http://${options.host}:${port}`,
    throughProxy,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

async function createOwnServer(options: LabServerOptions, runs: Runs): Promise<HttpServer> {
  const { registry, webFolder, administrator, metricsToken } = options
  const app = createHttpServer({
    tokens: metricsToken === undefined ? {} : { metrics: metricsToken },
    authenticate: async ({ headers: { cookie } }) => {
      const answer = await administrator(cookie === undefined ? {} : { cookie })
      if (answer === undefined) return undefined
      if (answer === 'somebody-else') return account('Somebody else', [])
      return account(answer.name, ['administrator'])
    },
  })
  await describeApi(app, {
    title: 'The lab of PET',
    version: metadata.version,
    path: '/api/lab/openapi.json',
  })
  addLabRoutes(app, registry, runs)
  addHistoryRoutes(app, registry, runs.store)
  await serveWeb(app, webFolder)
  await app.ready()
  return app
}

function account(name: string, roles: string[]) {
  return { account: { id: name, name, roles } }
}

function upstreamOf(url: string, usualPort: number): string {
  const { hostname, port } = new URL(url)
  return formatAddress({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? usualPort : Number(port),
  })
}

function withAddress(url: string, { host, port }: Address): string {
  const changed = new URL(url)
  changed.hostname = host
  changed.port = String(port)
  return changed.pathname === '/' && !url.endsWith('/')
    ? changed.href.replace(/\/$/, '')
    : changed.href
}
