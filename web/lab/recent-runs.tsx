import { Paper, Table, Text, Title } from '@mantine/core'
import type { RunRow } from '@pet/lab/api-types'
import { useQuery } from '@tanstack/react-query'
import { TextLink } from '../kit/link.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { When } from '../kit/when.tsx'
import { formatDuration } from './format-figure.ts'
import { runsQuery } from './lab-api.ts'

/** The last runs, of all scenarios or of one. */
export function RecentRuns({ of }: { of?: string }) {
  const runs = useQuery(runsQuery)
  return (
    <Paper component="section" aria-labelledby="recent-runs">
      <Title order={2} id="recent-runs" mb="xs">
        Recent runs
      </Title>
      <Loaded query={runs}>
        {({ runs }) => (
          <RunsTable runs={runs.filter((run) => of === undefined || run.name === of)} />
        )}
      </Loaded>
    </Paper>
  )
}

function RunsTable({ runs }: { runs: RunRow[] }) {
  if (runs.length === 0)
    return (
      <Text size="sm" c="dimmed">
        None yet.
      </Text>
    )
  return (
    <Table.ScrollContainer minWidth={520} type="native">
      <Table aria-labelledby="recent-runs" horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Scenario</Table.Th>
            <Table.Th>Outcome</Table.Th>
            <Table.Th ta="right">Seed</Table.Th>
            <Table.Th ta="right">Took</Table.Th>
            <Table.Th>Started</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Table.Tr key={run.id}>
              <Table.Td>
                <TextLink to="/lab/runs/$id" params={{ id: run.id }}>
                  {run.name}
                </TextLink>
              </Table.Td>
              <Table.Td>{outcome(run)}</Table.Td>
              <Table.Td ta="right" className="figures">
                {run.seed}
              </Table.Td>
              <Table.Td ta="right" className="figures">
                {run.durationMs === undefined ? '–' : formatDuration(run.durationMs)}
              </Table.Td>
              <Table.Td>
                <When at={run.startedAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function outcome(run: RunRow): string {
  if (run.status !== 'finished') return run.status === 'running' ? '… running' : `– ${run.status}`
  return `${run.asHypothesised === true ? '✓' : '✕'} ${run.verdict ?? 'finished'}`
}
