import { NativeSelect } from '@mantine/core'
import { formatMoney } from '@pet/pet/quoting/money'
import type { Currency, RecurringLine } from '@pet/pet/quoting/quote-content'
import { recurringAmountMinor } from '@pet/pet/quoting/totals'
import { CountField, HoursField, MoneyField, TextField } from './fields.tsx'
import { LinesEditor, type LineColumn } from './lines-editor.tsx'
import { newRecurringLine } from './new-parts.ts'
import type { SectionBody } from './section-body.ts'

/** Services per period, with the hours expected of each. */
export function RecurringLines({ section, path, currency, onChange }: SectionBody<'recurring'>) {
  return (
    <LinesEditor
      listId={section.id}
      label={`Lines of ${section.title}`}
      path={`${path}.lines`}
      lines={section.lines}
      nameOf={(line) => line.description}
      create={newRecurringLine}
      addLabel="Add a service"
      amount={(line) => formatMoney(recurringAmountMinor(line), currency)}
      onChange={(lines) => onChange({ ...section, lines })}
      columns={recurringColumns(currency)}
    />
  )
}

function recurringColumns(currency: Currency): LineColumn<RecurringLine>[] {
  return [
    {
      head: 'Service',
      cell: (line, at, change) => (
        <TextField
          label="Service"
          labelHidden
          path={`${at}.description`}
          value={line.description}
          onChange={(description) => change({ ...line, description })}
        />
      ),
    },
    {
      head: 'Every',
      width: 100,
      cell: (line, _at, change) => (
        <NativeSelect
          size="xs"
          aria-label="Period"
          value={line.period}
          data={['month', 'quarter', 'year']}
          onChange={(event) =>
            change({ ...line, period: event.currentTarget.value as RecurringLine['period'] })
          }
        />
      ),
    },
    {
      head: 'Times',
      width: 70,
      cell: (line, at, change) => (
        <CountField
          label="Number of periods"
          labelHidden
          most={120}
          path={`${at}.periods`}
          value={line.periods}
          onChange={(periods) => change({ ...line, periods })}
        />
      ),
    },
    {
      head: `Price (${currency})`,
      width: 110,
      cell: (line, at, change) => (
        <MoneyField
          label="Price per period"
          labelHidden
          currency={currency}
          path={`${at}.pricePerPeriodMinor`}
          value={line.pricePerPeriodMinor}
          onChange={(pricePerPeriodMinor) => change({ ...line, pricePerPeriodMinor })}
        />
      ),
    },
    {
      head: 'Hours each',
      width: 80,
      cell: (line, at, change) => (
        <HoursField
          label="Expected hours per period"
          labelHidden
          path={`${at}.minutesPerPeriod`}
          value={line.minutesPerPeriod}
          onChange={(minutesPerPeriod) => change({ ...line, minutesPerPeriod })}
        />
      ),
    },
  ]
}
