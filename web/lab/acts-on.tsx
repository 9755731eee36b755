import { Text } from '@mantine/core'
import type { ScenarioSummary } from '@pet/lab/api-types'

/** Where a scenario belongs and what it acts on. */
export function ActsOn({ scenario }: { scenario: ScenarioSummary }) {
  return (
    <Text size="sm" c="dimmed">
      {scenario.name} · category {scenario.category} · acts on {scenario.targets.join(', ')}
    </Text>
  )
}
