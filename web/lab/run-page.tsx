import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { TextLink } from '../kit/link.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { Page } from '../kit/page.tsx'
import { runQuery, scenarioQuery } from './lab-api.ts'
import { RunPanel } from './run-panel.tsx'

const runRoute = getRouteApi('/shell/lab/runs/$id')

/** One run, while it goes on or long after. */
export function RunPage() {
  const { id } = runRoute.useParams()
  const run = useQuery(runQuery(id))
  return (
    <Page
      title={run.data ? `A run of ${run.data.name}` : 'A run'}
      actions={
        run.data && (
          <TextLink to="/lab/$name" params={{ name: run.data.name }} size="sm">
            The scenario
          </TextLink>
        )
      }
    >
      <Loaded query={run}>{({ name }) => <RunOf key={id} id={id} name={name} />}</Loaded>
    </Page>
  )
}

function RunOf({ id, name }: { id: string; name: string }) {
  const scenario = useQuery(scenarioQuery(name))
  return (
    <Stack gap="md">
      <Loaded query={scenario}>{(details) => <RunPanel id={id} scenario={details} />}</Loaded>
    </Stack>
  )
}
