import type {
  RunRequest,
  RunRow,
  RunView,
  ScenarioDetails,
  ScenarioSummary,
} from '@pet/lab/api-types'
import { queryOptions } from '@tanstack/react-query'
import { request } from '../kit/api.ts'

export const scenariosQuery = queryOptions({
  queryKey: ['lab', 'scenarios'],
  queryFn: ({ signal }) =>
    request<{ scenarios: ScenarioSummary[] }>('GET', '/api/lab/scenarios', { signal }),
  staleTime: 60_000,
})

export function scenarioQuery(name: string) {
  return queryOptions({
    queryKey: ['lab', 'scenarios', name],
    queryFn: ({ signal }) =>
      request<ScenarioDetails>('GET', `/api/lab/scenarios/${encodeURIComponent(name)}`, { signal }),
    staleTime: 60_000,
  })
}

export const runsQuery = queryOptions({
  queryKey: ['lab', 'runs'],
  queryFn: ({ signal }) => request<{ runs: RunRow[] }>('GET', '/api/lab/runs?limit=20', { signal }),
  refetchInterval: 10_000,
})

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ['lab', 'runs', id],
    queryFn: ({ signal }) => request<RunView>('GET', runPath(id), { signal }),
  })
}

export function startRun(run: RunRequest): Promise<{ id: string }> {
  return request('POST', '/api/lab/runs', { body: run })
}

export function cancelRun(id: string): Promise<unknown> {
  return request('DELETE', runPath(id))
}

export function runPath(id: string): string {
  return `/api/lab/runs/${encodeURIComponent(id)}`
}
