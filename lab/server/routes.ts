import { z } from 'zod'
import { problem, type Problem } from '@pet/http/problem'
import type { HttpServer } from '@pet/http/server'
import { sendEvents } from '@pet/http/server-sent-events'
import { describeDetails, describeSummary } from '../describe.ts'
import type { RunRequest } from '../api-types.ts'
import { LabProblem } from '../lab-problem.ts'
import type { Registry } from '../registry.ts'
import { limits } from '../run/limits.ts'
import { noSuchRun } from './no-such-run.ts'
import type { Follow, Runs } from './runs.ts'

const administrators = { policy: { roles: ['administrator'] } }

const runRequest = z.strictObject({
  name: z.string(),
  seed: z.int().min(limits.seed.least).max(limits.seed.most).optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  rounds: z.int().min(limits.rounds.least).max(limits.rounds.most).optional(),
  depth: z.enum(['quick', 'full']).optional(),
  target: z.string().max(2_000).optional(),
})
const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  before: z.uuid().optional(),
})
const byId = z.strictObject({ id: z.uuid() })
const byName = z.strictObject({ name: z.string() })
const lastEvent = z.looseObject({ 'last-event-id': z.coerce.number().int().min(0).catch(0) })

/** `/api/lab/*`, for administrators only. */
export function addLabRoutes(app: HttpServer, registry: Registry, runs: Runs): void {
  const config = administrators

  app.get('/api/lab/scenarios', { config }, async () => ({
    scenarios: registry.entries.map(describeSummary),
  }))

  app.get('/api/lab/scenarios/:name', { config, schema: { params: byName } }, async (request) =>
    inHttpTerms(async () => describeDetails(registry.find(request.params.name))),
  )

  app.post('/api/lab/runs', { config, schema: { body: runRequest } }, async (request, reply) => {
    const started = await inHttpTerms(() => runs.start(withoutUndefined(request.body)))
    return reply.code(202).header('location', `/api/lab/runs/${started.id}`).send(started)
  })

  app.get('/api/lab/runs', { config, schema: { querystring: page } }, async (request) => ({
    runs: runs.list(request.query),
  }))

  app.get('/api/lab/runs/:id', { config, schema: { params: byId } }, async (request) => {
    const run = runs.find(request.params.id)
    if (run) return run
    throw noSuchRun(request.params.id)
  })

  app.delete('/api/lab/runs/:id', { config, schema: { params: byId } }, async (request, reply) => {
    const { id } = request.params
    if (runs.cancel(id)) return reply.code(202).send({ id })
    if (runs.find(id)) {
      throw problem(409, 'run-ended', 'The run has ended', 'There is nothing left to cancel.')
    }
    throw noSuchRun(id)
  })

  app.get(
    '/api/lab/runs/:id/events',
    { config, schema: { params: byId, headers: lastEvent } },
    async (request, reply) => {
      const follow = runs.follow(request.params.id, request.headers['last-event-id'])
      if (!follow) throw noSuchRun(request.params.id)
      await sendEvents(request, reply, (listening) => asServerSentEvents(follow, listening))
    },
  )
}

async function* asServerSentEvents(follow: Follow, listening: AbortSignal) {
  for await (const { id, event, data } of follow(listening)) yield { id: String(id), event, data }
}

async function inHttpTerms<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof LabProblem ? problemOf(error) : error
  }
}

function problemOf({ code, message, field = '' }: LabProblem): Error | Problem {
  switch (code) {
    case 'unknown-scenario':
      return problem(404, code, 'There is no such scenario', message)
    case 'busy':
      return problem(409, code, 'A run is under way', message)
    case 'unreachable-target':
    case 'bad-parameter': {
      const path = field === 'target' ? field : `parameters.${field}`
      const errors = [{ in: 'body' as const, field: path, message }]
      return problem(400, code, 'A parameter is not as the scenario has it', message, { errors })
    }
    default:
      return new Error(message)
  }
}

/** What is absent stays absent. */
function withoutUndefined({ name, ...optional }: z.output<typeof runRequest>): RunRequest {
  const given = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { name, ...(Object.fromEntries(given) as Omit<RunRequest, 'name'>) }
}
