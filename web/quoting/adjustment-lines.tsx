import { formatMoney } from '@pet/pet/quoting/money'
import type { AdjustmentLine, Currency } from '@pet/pet/quoting/quote-content'
import { MoneyField, TextField } from './fields.tsx'
import { LinesEditor, type LineColumn } from './lines-editor.tsx'
import { newAdjustmentLine } from './new-parts.ts'
import type { SectionBody } from './section-body.ts'

/** Discounts and corrections, by a signed amount. */
export function AdjustmentLines({ section, path, currency, onChange }: SectionBody<'adjustment'>) {
  return (
    <LinesEditor
      listId={section.id}
      label={`Lines of ${section.title}`}
      path={`${path}.lines`}
      lines={section.lines}
      nameOf={(line) => line.description}
      create={newAdjustmentLine}
      addLabel="Add an adjustment"
      amount={(line) => formatMoney(line.amountMinor, currency)}
      onChange={(lines) => onChange({ ...section, lines })}
      columns={adjustmentColumns(currency)}
    />
  )
}

function adjustmentColumns(currency: Currency): LineColumn<AdjustmentLine>[] {
  return [
    {
      head: 'Reason',
      cell: (line, at, change) => (
        <TextField
          label="Reason"
          labelHidden
          path={`${at}.description`}
          value={line.description}
          onChange={(description) => change({ ...line, description })}
        />
      ),
    },
    {
      head: `Amount (${currency}, − for less)`,
      width: 170,
      cell: (line, at, change) => (
        <MoneyField
          label="Amount, with a minus for less"
          labelHidden
          negative
          currency={currency}
          path={`${at}.amountMinor`}
          value={line.amountMinor}
          onChange={(amountMinor) => change({ ...line, amountMinor })}
        />
      ),
    },
  ]
}
