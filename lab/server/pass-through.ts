import type { IncomingHttpHeaders } from 'node:http'
import fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify'
import proxy from '@fastify/http-proxy'
import { problem, problemBody } from '@pet/http/problem'

/**
 * Passes every request on to PET as it came, and the answer back as it came: bodies are streamed,
 * nothing is parsed, kept or tried again. While PET is away, 503 is answered.
 */
export async function createPassThrough(upstream: string): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: Number.MAX_SAFE_INTEGER, // PET has its own, and says so in its own words
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
  })
  await app.register(proxy, {
    upstream,
    // Endless answers (server-sent events) are silent for as long as nothing happens.
    undici: { bodyTimeout: 0, headersTimeout: 60_000, connections: 256, pipelining: 1 },
    disableRequestLogging: true,
    replyOptions: {
      retriesCount: 0,
      rewriteRequestHeaders: (request, headers) => forwarded(request as FastifyRequest, headers),
      onError: (reply, { error }) => {
        const { code } = error as Error & { code?: string }
        const body = problemBody(awayProblem(code), String(reply.request.id))
        void reply
          .code(503)
          .headers({ 'cache-control': 'no-store', 'retry-after': '1' })
          .type('application/problem+json')
          .send(JSON.stringify(body))
      },
    },
  })
  await app.ready()
  return app
}

/**
 * Says where the request came from, and leaves all else as it was, `Host` included. The lab owns the public port:
 * what a request claims to have come through is nobody's word but the caller's, and is not passed on.
 */
function forwarded(request: FastifyRequest, headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { host = '' } = request.headers
  return {
    ...headers,
    host,
    'x-forwarded-for': request.socket.remoteAddress ?? '',
    'x-forwarded-host': host,
    'x-forwarded-proto': 'http',
  }
}

function awayProblem(code = 'no answer') {
  return problem(
    503,
    'pet-away',
    'PET does not answer',
    `The lab is here, PET behind it is not (${code}). Try again in a moment, or look at /lab.`,
  )
}
