import { Group, Paper, Stack, Table, Text, Title } from '@mantine/core'
import { formatMinutes, formatMoney } from '@pet/pet/quoting/money'
import type { Currency, QuoteContent, Section } from '@pet/pet/quoting/quote-content'
import {
  productAmountMinor,
  recurringAmountMinor,
  taskAmountMinor,
  type QuoteTotals,
} from '@pet/pet/quoting/totals'
import { WideTable } from '../kit/wide-table.tsx'

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
          <SectionTable section={section} currency={content.currency} />
        </Paper>
      ))}
    </Stack>
  )
}

/** Cells of one line: the first is text, the others are figures. */
type Line = { key: string; cells: string[]; heading?: boolean }

function SectionTable({ section, currency }: { section: Section; currency: Currency }) {
  const { heads, lines } = tableOf(section, (amountMinor) => formatMoney(amountMinor, currency))
  return (
    <WideTable minWidth={heads.length > 3 ? 520 : 320} label={section.title} horizontalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          {heads.map((head, index) => (
            <Table.Th key={head} ta={index === 0 ? 'left' : 'right'} fz="xs" c="dimmed">
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={line.key}>
            {line.heading ? (
              <Table.Th colSpan={heads.length} scope="rowgroup" pt="sm">
                {line.cells[0]}
              </Table.Th>
            ) : (
              line.cells.map((cell, index) => (
                <Table.Td
                  key={heads[index]}
                  ta={index === 0 ? 'left' : 'right'}
                  {...(index > 0 && { className: 'figures' })}
                >
                  {cell}
                </Table.Td>
              ))
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </WideTable>
  )
}

function tableOf(
  section: Section,
  money: (amountMinor: number) => string,
): { heads: string[]; lines: Line[] } {
  switch (section.kind) {
    case 'products':
      return {
        heads: ['Description', 'Quantity', 'Unit price', 'Amount'],
        lines: section.lines.map((line) => ({
          key: line.id,
          cells: [
            line.description,
            String(line.quantity),
            money(line.unitPriceMinor),
            money(productAmountMinor(line)),
          ],
        })),
      }
    case 'implementation':
      return {
        heads: ['Task', 'Role', 'Hours', 'Rate per hour', 'Amount'],
        lines: section.milestones.flatMap((milestone): Line[] => [
          { key: milestone.id, cells: [milestone.title], heading: true },
          ...milestone.tasks.map((task) => ({
            key: task.id,
            cells: [
              task.title,
              task.role,
              formatMinutes(task.minutes),
              money(task.hourlyRateMinor),
              money(taskAmountMinor(task)),
            ],
          })),
        ]),
      }
    case 'recurring':
      return {
        heads: ['Service', 'Periods', 'Hours each', 'Price each', 'Amount'],
        lines: section.lines.map((line) => ({
          key: line.id,
          cells: [
            line.description,
            `${line.periods} × ${line.period}`,
            formatMinutes(line.minutesPerPeriod),
            money(line.pricePerPeriodMinor),
            money(recurringAmountMinor(line)),
          ],
        })),
      }
    case 'adjustment':
      return {
        heads: ['Reason', 'Amount'],
        lines: section.lines.map((line) => ({
          key: line.id,
          cells: [line.description, money(line.amountMinor)],
        })),
      }
  }
}
