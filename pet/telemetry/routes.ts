import { problem } from '@pet/http/problem'
import type { HttpServer } from '@pet/http/server'
import type { Metrics } from './metrics.ts'

/** Where Prometheus looks for what is measured, and in its format. */
export function metricsRoutes(app: HttpServer, metrics: Metrics) {
  app.get(
    '/metrics',
    {
      config: { policy: { roles: ['administrator'], orToken: 'metrics' }, requestsPerMinute: 120 },
      schema: { hide: true },
    },
    async (request, reply) => {
      const text = await metrics.inText().catch((error: unknown) => {
        request.log.error({ err: error }, 'not measured')
        throw problem(
          503,
          'not-measured',
          'It can not be measured',
          'The database does not answer.',
        )
      })
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text)
    },
  )
}
