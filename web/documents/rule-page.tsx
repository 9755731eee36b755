import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { getRouteApi, Navigate } from '@tanstack/react-router'
import { EmptyState } from '../kit/empty-state.tsx'
import { ButtonLink } from '../kit/link.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { Page } from '../kit/page.tsx'
import { documentQuery, documentsQuery } from './documents-api.ts'

const ruleRoute = getRouteApi('/shell/rules/$id')

/** Leads from the id of a rule to the document that states it. */
export function RulePage() {
  const { id } = ruleRoute.useParams()
  const queryClient = useQueryClient()
  const place = useQuery({
    queryKey: ['rules', id],
    queryFn: () => documentStating(id, queryClient),
    staleTime: Infinity,
  })
  return (
    <Page title={`Rule ${id}`}>
      <Loaded query={place}>
        {(name) =>
          name === null ? (
            <EmptyState
              title="No document states this rule"
              action={<ButtonLink to="/documents">All documents</ButtonLink>}
            >
              Perhaps the id has a letter too many: rules are called QUO-4, for instance.
            </EmptyState>
          ) : (
            <Navigate to="/documents/$name" params={{ name }} hash={id} replace />
          )
        }
      </Loaded>
    </Page>
  )
}

async function documentStating(id: string, queryClient: QueryClient): Promise<string | null> {
  const { documents } = await queryClient.ensureQueryData(documentsQuery)
  for (const { name } of documents) {
    const { markdown } = await queryClient.ensureQueryData(documentQuery(name))
    if (markdown.includes(`**${id}**`)) return name
  }
  return null
}
