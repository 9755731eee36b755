import { Alert, Paper, Stack, Text, Title } from '@mantine/core'
import type { ScenarioDetails } from '@pet/lab/api-types'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { TextLink } from '../kit/link.tsx'
import { Loaded, Loading } from '../kit/loaded.tsx'
import { Page } from '../kit/page.tsx'
import { PlainProse } from '../kit/plain-prose.tsx'
import { ActsOn } from './acts-on.tsx'
import { BoundsTable } from './bounds-table.tsx'
import { scenarioQuery } from './lab-api.ts'
import { RecentRuns } from './recent-runs.tsx'
import { RunForm } from './run-form.tsx'
import { RunPanel } from './run-panel.tsx'
import classes from './scenario-page.module.css'

const scenarioRoute = getRouteApi('/shell/lab/$name')
const Sources = lazy(() => import('./sources.tsx').then(({ Sources }) => ({ default: Sources })))

/** One failure: what it feels like, a form to make it happen, how it went, and why. */
export function ScenarioPage() {
  const { name } = scenarioRoute.useParams()
  const scenario = useQuery(scenarioQuery(name))
  return (
    <Page
      title={scenario.data?.title ?? name}
      actions={
        <TextLink to="/lab" size="sm">
          All scenarios
        </TextLink>
      }
    >
      <Loaded query={scenario}>
        {(details) => <Scenario key={details.name} scenario={details} />}
      </Loaded>
    </Page>
  )
}

function Scenario({ scenario }: { scenario: ScenarioDetails }) {
  const { run } = scenarioRoute.useSearch()
  const navigate = useNavigate({ from: '/lab/$name' })
  const [startedHere, setStartedHere] = useState<string>()
  const show = (id: string) => {
    setStartedHere(id)
    void navigate({ search: { run: id }, resetScroll: false })
  }
  return (
    <Stack gap="md">
      <ActsOn scenario={scenario} />
      <div className={classes['top']}>
        <Stack gap="md">
          <Words title="What production feels like">{scenario.summary}</Words>
          <Words title="Hypothesis">{scenario.hypothesis}</Words>
          <BoundsTable metrics={scenario.metrics} />
        </Stack>
        {scenario.missing === undefined ? (
          <RunForm scenario={scenario} onStarted={show} />
        ) : (
          <Alert color="yellow" variant="light" title="It can’t run on this machine">
            {scenario.missing}
          </Alert>
        )}
      </div>
      {run !== undefined && (
        <RunPanel key={run} id={run} scenario={scenario} bringIntoView={run === startedHere} />
      )}
      <Suspense fallback={<Loading />}>
        <Sources failure={scenario.source.failure} remedy={scenario.source.remedy} />
      </Suspense>
      <Words title="Lesson">{scenario.lesson}</Words>
      <RecentRuns of={scenario.name} />
    </Stack>
  )
}

function Words({ title, children }: { title: string; children: string }) {
  return (
    <Paper component="section" aria-label={title}>
      <Title order={2} mb={4}>
        {title}
      </Title>
      <Text style={{ whiteSpace: 'pre-line' }} maw={860}>
        <PlainProse>{children}</PlainProse>
      </Text>
    </Paper>
  )
}
