import { Alert, Code, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import type { Arm, CheckedBound, MetricDescription, RunRecord } from '@pet/lab/api-types'
import { WideTable } from '../kit/wide-table.tsx'
import { formatDuration, formatFigure, formatInterval, unitName } from './format-figure.ts'

const arms: Arm[] = ['control', 'failure', 'remedy']

/** What a run came to: in words, by its four marks, and every figure against its bound. */
export function VerdictView({
  record,
  metrics,
}: {
  record: RunRecord
  metrics: MetricDescription[]
}) {
  const { asHypothesised } = record
  return (
    <Stack gap="md">
      <Alert
        role="status"
        color={asHypothesised ? 'green' : 'red'}
        variant="light"
        title={`${asHypothesised ? '✓' : '✕'} ${sentenceCase(record.verdict)}`}
      >
        {record.words.map((sentence) => (
          <Text key={sentence} size="sm">
            {sentence}
          </Text>
        ))}
      </Alert>
      <Marks record={record} />
      {metrics.length > 0 && <FiguresTable record={record} metrics={metrics} />}
      <Provenance record={record} />
    </Stack>
  )
}

function Marks({ record }: { record: RunRecord }) {
  const { probe } = record
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      <Mark
        name="Landed"
        holds={record.landed === 'confirmed'}
        word={record.landed}
        help={`Asked ${probe.asked}, measured ${formatFigure(probe.measured)}`}
      />
      <Mark
        name="Demonstrated"
        holds={record.demonstrated}
        word={record.demonstrated ? 'yes' : 'no'}
        help="The failure against the control"
      />
      <Mark
        name="Remedy holds"
        holds={record.remedyHolds}
        word={record.remedyHolds ? 'yes' : 'no'}
        help="The remedy against the control"
      />
      <Mark
        name="Restored"
        holds={record.restored}
        word={record.restored ? 'yes' : 'no'}
        help={`Steady again after ${formatDuration(record.recoveryMs)}`}
      />
    </SimpleGrid>
  )
}

function Mark({
  name,
  holds,
  word,
  help,
}: {
  name: string
  holds: boolean
  word: string
  help: string
}) {
  return (
    <Paper p="sm">
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={700} size="lg">
        <span aria-hidden="true">{holds ? '✓ ' : '✕ '}</span>
        {word}
      </Text>
      <Text size="xs" c="dimmed">
        {help}
      </Text>
    </Paper>
  )
}

function FiguresTable({ record, metrics }: { record: RunRecord; metrics: MetricDescription[] }) {
  return (
    <Paper component="section" aria-label="Figures">
      <Title order={2} mb="xs">
        Figures
      </Title>
      <WideTable minWidth={640} label="Metrics of the three arms">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Metric</Table.Th>
            {arms.map((arm) => (
              <Table.Th key={arm} tt="capitalize">
                {arm}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {metrics.map((metric) => (
            <Table.Tr key={metric.name}>
              <Table.Th scope="row" fw={500}>
                {metric.help}
                <Text size="xs" c="dimmed" className="figures">
                  {metric.name}
                  {unitName(metric.unit) !== '' && `, ${unitName(metric.unit)}`}
                </Text>
              </Table.Th>
              {arms.map((arm) => (
                <Table.Td key={arm} valign="top">
                  <Figure record={record} metric={metric} arm={arm} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </Paper>
  )
}

function Figure({
  record,
  metric,
  arm,
}: {
  record: RunRecord
  metric: MetricDescription
  arm: Arm
}) {
  const measured = record.arms[arm].metrics[metric.name]
  const bound = record.bounds.find((one) => one.arm === arm && one.metric === metric.name)
  if (measured === undefined) return '–'
  return (
    <>
      <Text fw={650} className="figures">
        {formatFigure(measured.value, metric.unit)}
      </Text>
      <Text size="xs" c="dimmed" className="figures">
        {formatInterval(measured.interval)}
      </Text>
      {bound && <Bound bound={bound} />}
    </>
  )
}

const marks: Record<CheckedBound['outcome'], string> = {
  met: '✓',
  'not met': '✕',
  inconclusive: '?',
}

function Bound({ bound }: { bound: CheckedBound }) {
  return (
    <Text size="xs" fw={bound.outcome === 'met' ? 400 : 700}>
      {marks[bound.outcome]} {bound.outcome}: {bound.bound}
    </Text>
  )
}

function Provenance({ record }: { record: RunRecord }) {
  const { machine, versions } = record
  const facts = [
    `seed ${record.seed}`,
    record.rounds === 1 ? '1 round' : `${record.rounds} rounds`,
    formatDuration(record.durationMs),
    machine.processor,
    `${machine.cores} cores`,
    ...Object.entries(versions).map(([name, version]) => `${name} ${version}`),
  ]
  return (
    <Group gap="xs">
      <Text size="xs" c="dimmed">
        {facts.join(' · ')}
      </Text>
      <Text size="xs" c="dimmed">
        Schedule <Code style={{ overflowWrap: 'anywhere' }}>{record.scheduleHash}</Code>
      </Text>
    </Group>
  )
}

function sentenceCase(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
