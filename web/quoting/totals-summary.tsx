import { formatMinutes, formatMoney } from '@pet/pet/quoting/money'
import type { QuoteContent } from '@pet/pet/quoting/quote-content'
import type { QuoteTotals } from '@pet/pet/quoting/totals'
import { kindWords } from './new-parts.ts'
import classes from './totals-summary.module.css'

/** The sums of a quote: per section, per kind where several sections share one, in all, and hours. */
export function TotalsSummary({
  content,
  totals,
  hoursName = 'Sold hours',
}: {
  content: QuoteContent
  totals: QuoteTotals
  /** What the hours of implementation are called. */
  hoursName?: string
}) {
  const { currency, sections } = content
  const money = (amountMinor: number) => formatMoney(amountMinor, currency)
  const kinds = [...new Set(sections.map((section) => section.kind))]
  const kindsAddUp = kinds.length < sections.length && kinds.length > 1
  return (
    <dl className={classes['sums']}>
      {sections.map((section) => (
        <Row
          key={section.id}
          name={section.title || kindWords[section.kind].title}
          value={money(totals.sectionMinor[section.id] ?? 0)}
        />
      ))}
      {kindsAddUp &&
        kinds.map((kind, index) => (
          <Row
            key={kind}
            name={`All ${kindWords[kind].title.toLowerCase()}`}
            value={money(totals.kindMinor[kind])}
            look="kind"
            ruled={index === 0}
          />
        ))}
      <Row name="Total" value={money(totals.totalMinor)} look="total" ruled={sections.length > 0} />
      <Row name={hoursName} value={formatMinutes(totals.soldMinutes)} />
      {totals.recurringMinutes > 0 && (
        <Row name="Recurring hours" value={formatMinutes(totals.recurringMinutes)} />
      )}
    </dl>
  )
}

function Row({
  name,
  value,
  look = 'section',
  ruled = false,
}: {
  name: string
  value: string
  look?: 'section' | 'kind' | 'total'
  /** Whether a line stands above it. */
  ruled?: boolean
}) {
  return (
    <div className={classes['row']} data-look={look} data-ruled={ruled}>
      <dt>{name}</dt>
      <dd className="figures">{value}</dd>
    </div>
  )
}
