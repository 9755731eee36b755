import { List, Paper, Table, Text, Title } from '@mantine/core'
import type { Attempt, PlantedDefect, RunRecord, WalkStep } from '@pet/lab/api-types'
import { RuleLink } from '../kit/rule-list.tsx'
import { WideTable } from '../kit/wide-table.tsx'

/** What a business scenario shows besides figures: the walk, the attempts, the planted defects. */
export function BusinessReportView({ record }: { record: RunRecord }) {
  const { walk = [], attempts = [], defects = [] } = record
  return (
    <>
      {walk.length > 0 && <Walk steps={walk} />}
      {attempts.length > 0 && <Attempts attempts={attempts} />}
      {defects.length > 0 && <Defects defects={defects} />}
    </>
  )
}

function Walk({ steps }: { steps: WalkStep[] }) {
  return (
    <Paper component="section" aria-label="The walk">
      <Title order={2} mb="xs">
        The walk
      </Title>
      <List listStyleType="none" spacing={6} size="sm">
        {steps.map((step) => (
          <List.Item key={step.id} icon={<Mark holds={step.held} yes="Held" no="Did not hold" />}>
            {step.sentence} <RuleLink id={step.id} document={step.document} />
            {step.saw !== undefined && (
              <Text size="xs" c="dimmed">
                Seen: {step.saw}
              </Text>
            )}
          </List.Item>
        ))}
      </List>
    </Paper>
  )
}

const metWords: Record<Attempt['met'], string> = {
  refused: '✓ refused',
  harmless: '✓ harmless',
  detected: '✓ detected',
  violated: '✕ went through',
}

function Attempts({ attempts }: { attempts: Attempt[] }) {
  return (
    <Paper component="section" aria-label="The adversary’s attempts">
      <Title order={2} mb="xs">
        The adversary’s attempts
      </Title>
      <WideTable minWidth={560} label="Attempts">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>As</Table.Th>
            <Table.Th>Did</Table.Th>
            <Table.Th>What met it</Table.Th>
            <Table.Th>Rule, position or answer</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {attempts.map((attempt) => (
            <Table.Tr key={attempt.as + attempt.did}>
              <Table.Td>{attempt.as}</Table.Td>
              <Table.Td>{attempt.did}</Table.Td>
              <Table.Td fw={600} className="figures">
                {metWords[attempt.met]}
              </Table.Td>
              <Table.Td>
                <Because attempt={attempt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </WideTable>
    </Paper>
  )
}

function Because({ attempt: { rule, position, answer } }: { attempt: Attempt }) {
  if (rule === undefined && position === undefined) return answer ?? '–'
  return (
    <span className="figures">
      {rule !== undefined && <RuleLink id={rule} />} {position !== undefined && `#${position}`}
    </span>
  )
}

function Defects({ defects }: { defects: PlantedDefect[] }) {
  return (
    <Paper component="section" aria-label="Defects planted on purpose">
      <Title order={2} mb="xs">
        Defects planted on purpose
      </Title>
      <List listStyleType="none" spacing={6} size="sm">
        {defects.map((defect) => (
          <List.Item
            key={defect.name}
            icon={<Mark holds={defect.detected} yes="Detected" no="Not detected" />}
          >
            {defect.sentence}
            {defect.smell !== undefined && (
              <Text size="xs" c="dimmed">
                The detector said: {defect.smell}
              </Text>
            )}
          </List.Item>
        ))}
      </List>
    </Paper>
  )
}

function Mark({ holds, yes, no }: { holds: boolean; yes: string; no: string }) {
  return (
    <span role="img" aria-label={holds ? yes : no}>
      {holds ? '✓' : '✕'}
    </span>
  )
}
