import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { formatMoney } from '@pet/pet/quoting/money'
import type { QuoteContent } from '@pet/pet/quoting/quote-content'
import type { QuoteTotals } from '@pet/pet/quoting/totals'
import { LinesTable } from './lines-table.tsx'

/** What a quote says, to be read: the same for the firm and for the customer. */
export function QuoteDocument({ content, totals }: { content: QuoteContent; totals: QuoteTotals }) {
  return (
    <Stack gap="sm">
      {content.sections.map((section) => (
        <Paper key={section.id} component="section" aria-label={section.title}>
          <Group justify="space-between" align="baseline" mb={6}>
            <Title order={2}>{section.title}</Title>
            <Text fw={650} className="figures">
              {formatMoney(totals.sectionMinor[section.id] ?? 0, content.currency)}
            </Text>
          </Group>
          <LinesTable section={section} currency={content.currency} />
        </Paper>
      ))}
    </Stack>
  )
}
