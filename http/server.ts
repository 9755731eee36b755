import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawServerDefault,
} from 'fastify'
import rateLimit from '@fastify/rate-limit'
import helmet from '@fastify/helmet'
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { type Authenticate, enforcePolicy, requirePolicy, type Tokens } from './policy.ts'
import { requireHostName } from './host-name.ts'
import { type Problem, problem, problemBody } from './problem.ts'
import { problemOfError } from './problem-of-error.ts'
import { securityHeaders } from './security-headers.ts'
import { requireStrictSchemas } from './strict-schema.ts'

export type HttpServerOptions = {
  /** @default no logs */
  logger?: FastifyBaseLogger
  /** Whose `X-Forwarded-For` is believed, as Fastify takes it. @default nobody's */
  trustProxy?: boolean | string | string[]
  /** @default 1 MiB */
  bodyLimitBytes?: number
  /** The names that it may be asked for by, beside localhost and IP addresses. @default any */
  hostNames?: readonly string[]
  /** How long a handler may take before 503 is answered. @default 30 s */
  handlerTimeoutMs?: number
  /** For each address, over all routes. @default 6000 */
  requestsPerMinute?: number
  /** Whether browsers reach it by HTTPS only; then they are told to stay there. @default false */
  httpsOnly?: boolean
  /** Needed as soon as a route's policy asks for an account. */
  authenticate?: Authenticate
  /** What programs send in place of an account, where a policy says `orToken`. @default none */
  tokens?: Tokens
}

export type HttpServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

declare module 'fastify' {
  interface FastifyInstance {
    /** Aborted when the server begins to close, so that endless answers end. */
    closing: AbortSignal
  }
}

/**
 * A Fastify server on which every failure is answered with problem details, every route says who may call
 * it, and every input has a schema's type or is refused. Nothing of a failure's inside gets out.
 */
export function createHttpServer(options: HttpServerOptions = {}): HttpServer {
  const app: HttpServer = fastify({
    ...(options.logger && { loggerInstance: options.logger }),
    trustProxy: options.trustProxy ?? false,
    bodyLimit: options.bodyLimitBytes ?? 1024 * 1024,
    handlerTimeout: options.handlerTimeoutMs ?? 30_000,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 1024 },
    genReqId: () => randomUUID(),
    // The lines that Fastify writes hold the address, and a signed link's address is a secret.
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error, request, reply) =>
      answerProblem(error, request, reply as FastifyReply),
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  // A form of another site can send text/plain with a person's cookies; it can't send JSON.
  app.removeContentTypeParser('text/plain')

  addHooks(app, options)
  app.setErrorHandler(answerProblem)
  app.setNotFoundHandler((request) => {
    throw notFound(request)
  })
  return app
}

function addHooks(app: HttpServer, options: HttpServerOptions): void {
  const closing = new AbortController()
  app.decorate('closing', closing.signal)
  app.addHook('preClose', async () => closing.abort())
  app.decorateRequest('account', null)
  app.addHook('onRoute', (route) => {
    requirePolicy(route, options.authenticate !== undefined)
    requireStrictSchemas(route)
  })
  app.register(helmet, securityHeaders(options.httpsOnly ?? false))
  limitRate(app, options.requestsPerMinute ?? 6000)
  const { hostNames } = options
  if (hostNames) app.addHook('preParsing', async (request) => requireHostName(request, hostNames))
  // After the hooks that come with the first bytes, so that a refusal has its headers; before the body is read.
  app.addHook('preParsing', (request) => enforcePolicy(request, options))
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      'answered',
    )
  })
}

/** One counter for an address, and one more for each route with a limit of its own. */
function limitRate(app: HttpServer, requestsPerMinute: number): void {
  app.register(rateLimit, {
    global: false,
    timeWindow: 60_000,
    max: (request) => request.routeOptions.config.requestsPerMinute ?? requestsPerMinute,
    keyGenerator: ({ ip, routeOptions: { config, method, url } }) =>
      config.requestsPerMinute === undefined ? ip : `${ip} ${String(method)} ${url}`,
    errorResponseBuilder: (_request, { max, ttl }) =>
      problem(
        429,
        'too-many-requests',
        'Too many requests',
        `At most ${max} in a minute are served; try again in ${Math.ceil(ttl / 1000)} s.`,
      ),
  })
  app.after(() => {
    app.addHook('onRequest', app.rateLimit())
  })
}

function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = problemOfError(error)
  if (answer.status >= 500) request.log.error({ err: error }, answer.title)
  if (answer.status === 401) reply.header('www-authenticate', 'Session realm="PET"')
  return reply
    .code(answer.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(Buffer.from(JSON.stringify(problemBody(answer, request.id))))
}

function notFound(request: FastifyRequest): Problem {
  const path = request.url.split('?', 1)[0] ?? ''
  return problem(
    404,
    'not-found',
    'There is nothing here',
    `Nothing answers ${request.method} ${path}.`,
  )
}
