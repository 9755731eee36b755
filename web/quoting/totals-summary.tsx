import { Divider, Group, Stack, Text } from '@mantine/core'
import { formatMinutes, formatMoney } from '@pet/pet/quoting/money'
import type { QuoteContent, SectionKind } from '@pet/pet/quoting/quote-content'
import type { QuoteTotals } from '@pet/pet/quoting/totals'
import { kindWords } from './new-parts.ts'

/** The sums of a quote: per section, per kind where several sections share one, in all, and hours. */
export function TotalsSummary({ content, totals }: { content: QuoteContent; totals: QuoteTotals }) {
  const { currency, sections } = content
  const money = (amountMinor: number) => formatMoney(amountMinor, currency)
  const kinds = [...new Set(sections.map((section) => section.kind))]
  const kindsAddUp = kinds.length < sections.length && kinds.length > 1
  return (
    <Stack gap={4} component="dl" m={0}>
      {sections.map((section) => (
        <Row
          key={section.id}
          name={section.title || kindWords[section.kind].title}
          value={money(totals.sectionMinor[section.id] ?? 0)}
        />
      ))}
      {kindsAddUp && (
        <>
          <Divider my={4} />
          {kinds.map((kind: SectionKind) => (
            <Row
              key={kind}
              name={`All ${kindWords[kind].title.toLowerCase()}`}
              value={money(totals.kindMinor[kind])}
              dimmed
            />
          ))}
        </>
      )}
      <Divider my={4} />
      <Row name="Total" value={money(totals.totalMinor)} strong />
      <Row name="Sold hours" value={formatMinutes(totals.soldMinutes)} />
      {totals.recurringMinutes > 0 && (
        <Row name="Recurring hours" value={formatMinutes(totals.recurringMinutes)} />
      )}
    </Stack>
  )
}

function Row({
  name,
  value,
  strong = false,
  dimmed = false,
}: {
  name: string
  value: string
  strong?: boolean
  dimmed?: boolean
}) {
  const look = {
    fw: strong ? 700 : 400,
    size: strong ? 'lg' : 'sm',
    ...(dimmed && { c: 'dimmed' }),
  }
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap" align="baseline">
      <Text component="dt" {...look} lineClamp={2}>
        {name}
      </Text>
      <Text component="dd" m={0} className="figures" {...look}>
        {value}
      </Text>
    </Group>
  )
}
