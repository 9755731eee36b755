import { Group, Paper, Table, Text, Title } from '@mantine/core'
import type { FamilyMember, QuoteView } from '@pet/pet/quoting/quote-view'
import { TextLink } from '../kit/link.tsx'
import { Money } from '../kit/money.tsx'
import { StateBadge } from '../kit/state-badge.tsx'

const kindLabels: Record<FamilyMember['kind'], string> = {
  original: 'Original',
  delta: 'Delta',
  replacement: 'Replacement',
}

/** A quote with its corrections, and what they amount to: as first accepted, and together. */
export function FamilyPanel({ quote }: { quote: QuoteView }) {
  const { members, currency, originalMinor, aggregateMinor } = quote.family
  if (members.length < 2) return null
  return (
    <Paper component="section" aria-labelledby="family">
      <Title order={2} id="family" mb="xs">
        Original and corrections
      </Title>
      <Table.ScrollContainer minWidth={480} type="native">
        <Table aria-labelledby="family" horizontalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Quote</Table.Th>
              <Table.Th>Kind</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th>Counts</Table.Th>
              <Table.Th ta="right">Total</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {members.map((member) => (
              <Table.Tr key={member.id}>
                <Table.Td className="figures">
                  {member.id === quote.id ? (
                    <strong>{member.number} (this one)</strong>
                  ) : (
                    <TextLink to="/quotes/$id" params={{ id: member.id }}>
                      {member.number}
                    </TextLink>
                  )}
                </Table.Td>
                <Table.Td>{kindLabels[member.kind]}</Table.Td>
                <Table.Td>
                  <StateBadge status={member.status} />
                </Table.Td>
                <Table.Td>{member.counts ? '✓ yes' : '– no'}</Table.Td>
                <Table.Td ta="right">
                  <Money amountMinor={member.totalMinor} currency={currency} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="flex-end" gap="xl" mt="sm">
        <Text size="sm">
          Original <Money amountMinor={originalMinor} currency={currency} fw={650} />
        </Text>
        <Text size="sm">
          Together <Money amountMinor={aggregateMinor} currency={currency} fw={750} />
        </Text>
      </Group>
    </Paper>
  )
}
