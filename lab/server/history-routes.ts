import { z } from 'zod'
import { problem } from '@pet/http/problem'
import type { HttpServer } from '@pet/http/server'
import type { LogsPage, MetricsPage, RunComparison, RunRecord, TracesPage } from '../api-types.ts'
import { LabProblem } from '../lab-problem.ts'
import type { Registry } from '../registry.ts'
import { findRun } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import { listLogs, listPoints, listSpans, listToxics } from '../store/telemetry.ts'
import { linkToxics } from '../telemetry/link-toxics.ts'
import { expositionOf, expositionType } from '../telemetry/prometheus.ts'
import { runMetrics } from '../telemetry/run-metrics.ts'
import { compareRuns } from '../verdict/compare.ts'
import { noSuchRun } from './no-such-run.ts'

const administrators = { policy: { roles: ['administrator'] } }

const byId = z.strictObject({ id: z.uuid() })
const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(2_000).default(500),
  after: z.coerce.number().int().min(0).default(0).describe('The next of the page before'),
})
const two = z.strictObject({ id: z.uuid(), other: z.uuid() })

/** What is kept of runs: their traces, logs and metrics, page by page; two of them compared. */
export function addHistoryRoutes(app: HttpServer, registry: Registry, store: Store): void {
  const config = administrators
  const paged = { config, schema: { params: byId, querystring: page } }

  app.get('/api/lab/runs/:id/traces', paged, async ({ params, query }): Promise<TracesPage> => {
    const id = known(store, params.id)
    const { items, ...rest } = listSpans(store, id, query)
    return { spans: linkToxics(items, listToxics(store, id)), ...rest }
  })

  app.get('/api/lab/runs/:id/logs', paged, async ({ params, query }): Promise<LogsPage> => {
    const { items: logs, ...rest } = listLogs(store, known(store, params.id), query)
    return { logs, ...rest }
  })

  app.get('/api/lab/runs/:id/metrics', paged, async ({ params, query }): Promise<MetricsPage> => {
    const { items: points, ...rest } = listPoints(store, known(store, params.id), query)
    return { points, ...rest }
  })

  app.get(
    '/api/lab/runs/:id/compare/:other',
    { config, schema: { params: two } },
    async ({ params: { id, other } }) => compare(recordOf(store, id), recordOf(store, other)),
  )

  // For Prometheus: the declared metrics of the runs, under way and last.
  app.get(
    '/api/lab/metrics',
    { config: { policy: { roles: ['administrator'], orToken: 'metrics' } } },
    async (_request, reply) =>
      reply.type(expositionType).send(expositionOf(runMetrics(store, registry))),
  )
}

function known(store: Store, id: string): string {
  if (findRun(store, id) === undefined) throw noSuchRun(id)
  return id
}

function recordOf(store: Store, id: string): RunRecord {
  const view = findRun(store, id)
  if (view === undefined) throw noSuchRun(id)
  if (view.status === 'finished') return view.record
  const detail = `The run ${id} is ${view.status}: it has no figures to compare.`
  throw problem(409, 'run-without-record', 'The run has no record', detail)
}

function compare(first: RunRecord, second: RunRecord): RunComparison {
  try {
    return compareRuns(first, second)
  } catch (error) {
    if (!(error instanceof LabProblem)) throw error
    throw problem(400, error.code, 'These runs do not compare', error.message)
  }
}
