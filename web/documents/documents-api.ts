import { queryOptions } from '@tanstack/react-query'
import { request } from '../kit/api.ts'

export const documentsQuery = queryOptions({
  queryKey: ['documents'],
  queryFn: ({ signal }) =>
    request<{ documents: { name: string; title: string }[] }>('GET', '/api/documents', { signal }),
  staleTime: Infinity,
})

export function documentQuery(name: string) {
  return queryOptions({
    queryKey: ['documents', name],
    queryFn: ({ signal }) =>
      request<{ name: string; title: string; markdown: string }>(
        'GET',
        `/api/documents/${encodeURIComponent(name)}`,
        { signal },
      ),
    staleTime: Infinity,
  })
}
