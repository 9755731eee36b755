import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { describeApi } from '@pet/http/openapi'
import { problem } from '@pet/http/problem'
import { createHttpServer } from '@pet/http/server'
import type { HttpServer } from '@pet/http/server'
import { serveWeb } from '@pet/http/static'
import { createLedger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { startProjections } from '@pet/ledger/projections'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { migrate } from '@pet/postgres/migrate'
import { createPool } from '@pet/postgres/pool'
import { pino } from 'pino'
import type { Logger } from 'pino'
import { activityRoutes } from './activity/routes.ts'
import { customerRoutes } from './customers/routes.ts'
import { seedDemoFirm } from './demo-firm.ts'
import { petEvents } from './events.ts'
import { createAuth } from './identity/auth.ts'
import { demoFirm } from './identity/demo-accounts.ts'
import { identityRoutes } from './identity/routes.ts'
import { readSecret } from './identity/secret.ts'
import { petMigrations } from './migrations.ts'
import { petProjections } from './projections.ts'
import { customerQuoteRoutes } from './quoting/customer-routes.ts'
import { quote } from './quoting/quote.ts'
import type { QuoteAggregate } from './quoting/quote.ts'
import type { Quoting } from './quoting/quoting.ts'
import { quoteRoutes } from './quoting/routes.ts'
import { documentRoutes } from './rules/routes.ts'
import { createMetrics } from './telemetry/metrics.ts'
import { metricsRoutes } from './telemetry/routes.ts'

export type PetOptions = {
  /** The database's owner: migrations run as it. */
  ownerUrl: string
  /** The same database as role `pet`, perhaps through a proxy. @default derived from `ownerUrl` */
  applicationUrl?: string
  /** @default '127.0.0.1' */
  host?: string
  /** 0 takes a free one. */
  port: number
  /** The address that people type. @default where it listens */
  origin?: string
  /** Whose `X-Forwarded-For` is believed: addresses, ranges or `loopback`, by commas. @default nobody's */
  trustProxy?: string
  /** Whether the demo firm and its one-click accounts are there. Refused when NODE_ENV is production. */
  demo: boolean
  /** What a program that reads `/metrics` sends; left out, only administrators read them. */
  metricsToken?: string
  /** What Vite built; left out, PET serves its API alone. */
  webFolder?: URL
  /** @default no logs */
  logger?: Logger
  /** Another quote than the business's own, for the lab's planted defects. */
  quote?: QuoteAggregate
}

export type Pet = AsyncDisposable & {
  url: string
  /** The database as the role that PET works as. */
  applicationUrl: string
  /** Settles when the read models have caught up with the log as it is now. */
  settled: (patienceMs?: number) => Promise<void>
}

const { version } = JSON.parse(
  readFileSync(new URL('./package.json', import.meta.url), 'utf8'),
) as { version: string }

/** Brings the database up to date and serves PET: HTTP, and the projections that catch up with the log. */
export async function startPet(options: PetOptions): Promise<Pet> {
  if (options.demo && process.env['NODE_ENV'] === 'production')
    throw new Error('The demo accounts are refused when NODE_ENV is production')
  const { url: derivedUrl } = await ensureApplicationRole(options.ownerUrl)
  await migrate(options.ownerUrl, [ledgerMigrations, petMigrations])
  const applicationUrl = options.applicationUrl ?? derivedUrl

  await using started = new AsyncDisposableStack()
  const pool = started.adopt(createPool(applicationUrl, { max: 10 }), (pool) => pool.end())
  const identityPool = started.adopt(
    createPool(withSearchPath(applicationUrl, 'identity'), {
      max: 5,
      applicationName: 'pet-identity',
    }),
    (pool) => pool.end(),
  )
  const ledger = started.use(createLedger({ pool, events: petEvents }))
  const logger = options.logger ?? pino({ level: 'silent' })
  const quoting: Quoting = {
    ledger,
    pool,
    quote: options.quote ?? quote,
    linkSecret: await readSecret(pool, 'links'),
    firmName: demoFirm,
    now: () => Temporal.Now.instant(),
  }
  const origin = options.origin ?? `http://localhost:${options.port}`
  const auth = createAuth({
    pool: identityPool,
    origin,
    secret: await readSecret(pool, 'sessions'),
    demo: options.demo,
    logger,
  })
  if (options.demo) {
    await auth.ensureDemoAccounts()
    await seedDemoFirm(quoting)
  }
  const projections = started.use(startProjections({ ledger, pool, projections: petProjections }))

  const app = createHttpServer({
    logger,
    authenticate: auth.authenticate,
    httpsOnly: origin.startsWith('https:'),
    tokens: options.metricsToken === undefined ? {} : { metrics: options.metricsToken },
    // Where one click signs in, a page of another site must not pass for this one.
    ...(options.demo && { hostNames: [new URL(origin).hostname, hostname()] }),
    ...(options.trustProxy && { trustProxy: options.trustProxy }),
  })
  started.defer(() => app.close())
  await describeApi(app, { title: 'PET', version })
  app.get('/api/health', { config: { policy: 'public' } }, async () => {
    await pool.query('select 1').catch(() => {
      throw problem(
        503,
        'no-database',
        'The database does not answer',
        'It is tried anew by every request.',
      )
    })
    return { status: 'ok', version }
  })
  identityRoutes(app, { auth, demo: options.demo, origin })
  customerRoutes(app, { ledger, pool })
  quoteRoutes(app, quoting)
  customerQuoteRoutes(app, quoting)
  activityRoutes(app, { ledger, pool })
  documentRoutes(app)
  metricsRoutes(app, started.use(createMetrics({ pool, projections })))
  if (options.webFolder) await serveWeb(app, options.webFolder)
  const url = await listen(app, options)

  const running = started.move()
  return {
    url,
    applicationUrl,
    settled: (patienceMs) => projections.settled(patienceMs),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function listen(app: HttpServer, { host = '127.0.0.1', port }: PetOptions): Promise<string> {
  await app.listen({ host, port })
  const address = app.server.address() as AddressInfo
  return `http://${host}:${address.port}`
}

/** better-auth names its tables without a schema. */
function withSearchPath(url: string, schema: string): string {
  const withOptions = new URL(url)
  withOptions.searchParams.set('options', `-c search_path=${schema}`)
  return withOptions.href
}
