import {
  Group,
  NativeSelect,
  Paper,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import type { ScenarioSummary } from '@pet/lab/api-types'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { EmptyState } from '../kit/empty-state.tsx'
import { TextLink } from '../kit/link.tsx'
import { Loaded } from '../kit/loaded.tsx'
import { matchesWords } from '../kit/matches-words.ts'
import { Page } from '../kit/page.tsx'
import { ActsOn } from './acts-on.tsx'
import { scenariosQuery } from './lab-api.ts'
import { RecentRuns } from './recent-runs.tsx'

const catalogueRoute = getRouteApi('/shell/lab/')

type Search = { text?: string; category?: string; target?: string }

/** Every failure that the lab can make happen. */
export function CataloguePage() {
  const scenarios = useQuery(scenariosQuery)
  return (
    <Page title="Lab">
      <Text size="sm" c="dimmed" maw={760}>
        Production failures, made to happen for real on this machine: each with and without its
        remedy, measured, judged and undone. Nobody’s data is touched: every run has databases of
        its own.
      </Text>
      <Loaded query={scenarios}>{({ scenarios }) => <Catalogue scenarios={scenarios} />}</Loaded>
      <RecentRuns />
    </Page>
  )
}

function Catalogue({ scenarios }: { scenarios: ScenarioSummary[] }) {
  const search: Search = catalogueRoute.useSearch()
  const navigate = useNavigate({ from: '/lab' })
  const change = (changed: Search) => {
    const next = Object.entries({ ...search, ...changed }).filter(([, value]) => value !== '')
    void navigate({ search: Object.fromEntries(next) as Search, replace: true })
  }
  const shown = scenarios.filter((scenario) => isWanted(scenario, search))
  const categories = [...new Set(scenarios.map((scenario) => scenario.category))].toSorted()
  const targets = [...new Set(scenarios.flatMap((scenario) => scenario.targets))].toSorted()
  return (
    <>
      <Group gap="sm" align="end">
        <TextInput
          label="Search"
          type="search"
          placeholder="deadlock, price, retry …"
          w={280}
          value={search.text ?? ''}
          onChange={(event) => change({ text: event.currentTarget.value })}
        />
        <NativeSelect
          label="Category"
          value={search.category ?? ''}
          data={[{ value: '', label: 'All' }, ...categories]}
          onChange={(event) => change({ category: event.currentTarget.value })}
        />
        <NativeSelect
          label="Target"
          value={search.target ?? ''}
          data={[{ value: '', label: 'All' }, ...targets]}
          onChange={(event) => change({ target: event.currentTarget.value })}
        />
        <Text size="sm" c="dimmed" role="status" pb={6}>
          {shown.length} of {scenarios.length} scenarios
        </Text>
      </Group>
      {shown.length === 0 ? (
        <EmptyState title="No scenario matches">Try other words, or another filter.</EmptyState>
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          {shown.map((scenario) => (
            <ScenarioCard key={scenario.name} scenario={scenario} />
          ))}
        </SimpleGrid>
      )}
    </>
  )
}

function ScenarioCard({ scenario }: { scenario: ScenarioSummary }) {
  return (
    <Paper component="article">
      <Stack gap={6}>
        <Title order={2} size="h3">
          <TextLink to="/lab/$name" params={{ name: scenario.name }} inherit>
            {scenario.title}
          </TextLink>
        </Title>
        <Text size="sm">{scenario.summary}</Text>
        <ActsOn scenario={scenario} />
      </Stack>
    </Paper>
  )
}

function isWanted(scenario: ScenarioSummary, { text = '', category, target }: Search): boolean {
  return (
    (category === undefined || scenario.category === category) &&
    (target === undefined || scenario.targets.some((one) => one === target)) &&
    matchesWords(`${scenario.name} ${scenario.title} ${scenario.summary}`, text)
  )
}
