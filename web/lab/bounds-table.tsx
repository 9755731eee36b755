import { Paper, Table, Text, Title } from '@mantine/core'
import type { Arm, MetricDescription } from '@pet/lab/api-types'
import { WideTable } from '../kit/wide-table.tsx'

const arms: Arm[] = ['control', 'failure', 'remedy']

/** What a run measures, and what each arm must show for the hypothesis to hold. */
export function BoundsTable({ metrics }: { metrics: MetricDescription[] }) {
  if (metrics.length === 0) return null
  return (
    <Paper component="section" aria-labelledby="bounds">
      <Title order={2} id="bounds" mb={4}>
        What must be seen
      </Title>
      <WideTable minWidth={440} label="Bounds that the verdict is computed from" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Metric</Table.Th>
            {arms.map((arm) => (
              <Table.Th key={arm}>{arm}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {metrics.map((metric) => (
            <Table.Tr key={metric.name}>
              <Table.Td>{metric.help}</Table.Td>
              {arms.map((arm) => (
                <Table.Td key={arm} className="figures">
                  {metric.bounds[arm] ?? (
                    <Text span c="dimmed" inherit>
                      any
                    </Text>
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </Paper>
  )
}
