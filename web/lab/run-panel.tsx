import {
  Alert,
  Button,
  Group,
  Paper,
  Progress,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import type { Arm, ProgressEvent, RunView, ScenarioDetails } from '@pet/lab/api-types'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useRef } from 'react'
import { Loaded } from '../kit/loaded.tsx'
import { Problem } from '../kit/problem.tsx'
import { BusinessReportView } from './business-report.tsx'
import { formatDuration } from './format-figure.ts'
import { cancelRun, runQuery, runsQuery } from './lab-api.ts'
import type { LiveRun, Points } from './live-run.ts'
import { useRunEvents } from './use-run-events.ts'
import { VerdictView } from './verdict-view.tsx'

const ArmsChart = lazy(() =>
  import('./arms-chart.tsx').then(({ ArmsChart }) => ({ default: ArmsChart })),
)

/** A run from its start to its verdict. */
export function RunPanel({
  id,
  scenario,
  bringIntoView = false,
}: {
  id: string
  scenario: ScenarioDetails
  /** For a run that was started on this very page. */
  bringIntoView?: boolean
}) {
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (bringIntoView) panel.current?.scrollIntoView({ behavior: 'smooth' })
  }, [bringIntoView])
  const queryClient = useQueryClient()
  const view = useQuery(runQuery(id))
  const onEnd = useCallback(() => {
    void queryClient.invalidateQueries({ queryKey: runQuery(id).queryKey })
    void queryClient.invalidateQueries({ queryKey: runsQuery.queryKey, exact: true })
  }, [queryClient, id])
  const live = useRunEvents(id, onEnd)
  return (
    <Stack
      ref={panel}
      gap="md"
      component="section"
      aria-label="The run"
      style={{ scrollMarginTop: 70, minHeight: bringIntoView ? '70vh' : undefined }}
    >
      <Loaded query={view}>
        {(run) => <RunState run={run} live={live} scenario={scenario} />}
      </Loaded>
      <Charts live={live} scenario={scenario} />
    </Stack>
  )
}

function RunState({
  run,
  live,
  scenario,
}: {
  run: RunView
  live: LiveRun
  scenario: ScenarioDetails
}) {
  switch (run.status) {
    case 'running':
      return <Running id={run.id} progress={live.progress ?? run.progress} />
    case 'finished':
      return (
        <>
          <VerdictView record={run.record} metrics={scenario.metrics} />
          <BusinessReportView record={run.record} />
        </>
      )
    case 'cancelled':
    case 'failed':
    case 'skipped':
      return (
        <Alert
          color={run.status === 'failed' ? 'red' : 'gray'}
          variant="light"
          title={endedWithout[run.status]}
        >
          {run.reason}
        </Alert>
      )
  }
}

/** How a run ended without a verdict. */
const endedWithout = {
  cancelled: 'This run was cancelled',
  failed: 'The lab itself failed',
  skipped: 'This run could not take place here',
}

function Running({ id, progress }: { id: string; progress: ProgressEvent | undefined }) {
  const cancel = useMutation({ mutationFn: () => cancelRun(id) })
  const rounds = progress?.rounds ?? 1
  const share = progress === undefined ? 0 : ((progress.round - 1) / rounds) * 100
  return (
    <Paper>
      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={2}>Running</Title>
          <Button
            size="xs"
            variant="default"
            loading={cancel.isPending || cancel.isSuccess}
            onClick={() => cancel.mutate()}
          >
            Cancel and undo
          </Button>
        </Group>
        <Progress value={Math.max(share, 3)} aria-label="Rounds done" animated />
        <Text size="sm" role="status" aria-live="polite">
          {progress === undefined ? 'Starting' : progressWords(progress)}
        </Text>
        {cancel.isError && <Problem error={cancel.error} />}
      </Stack>
    </Paper>
  )
}

function progressWords({ arm, round, rounds, message, elapsedMs }: ProgressEvent): string {
  const where = arm === undefined ? '' : `Round ${round} of ${rounds}, ${arm}: `
  return `${where}${message} (${formatDuration(elapsedMs)})`
}

function Charts({ live, scenario }: { live: LiveRun; scenario: ScenarioDetails }) {
  const metrics = Object.keys(live.samples).filter((name) => isLine(live.samples[name]))
  if (metrics.length === 0) return null
  return (
    <SimpleGrid cols={{ base: 1, md: metrics.length > 1 ? 2 : 1 }} spacing="sm">
      {metrics.map((name) => {
        const metric = scenario.metrics.find((one) => one.name === name)
        const arms = live.samples[name]
        return (
          arms && (
            <Paper key={name}>
              <Suspense fallback={null}>
                <ArmsChart title={metric?.help ?? name} unit={metric?.unit ?? '1'} arms={arms} />
              </Suspense>
            </Paper>
          )
        )
      })}
    </SimpleGrid>
  )
}

/** A single point says nothing that the figures don't. */
function isLine(arms: Record<Arm, Points> | undefined): boolean {
  return arms !== undefined && Object.values(arms).some((points) => points.values.length > 1)
}
