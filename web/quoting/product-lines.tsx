import { formatMoney } from '@pet/pet/quoting/money'
import type { Currency, ProductLine } from '@pet/pet/quoting/quote-content'
import { productAmountMinor } from '@pet/pet/quoting/totals'
import { CountField, MoneyField, TextField } from './fields.tsx'
import { LinesEditor, type LineColumn } from './lines-editor.tsx'
import { newProductLine } from './new-parts.ts'
import type { SectionBody } from './section-body.ts'

/** Things sold by number and unit price. */
export function ProductLines({ section, path, currency, onChange }: SectionBody<'products'>) {
  return (
    <LinesEditor
      listId={section.id}
      label={`Lines of ${section.title}`}
      path={`${path}.lines`}
      lines={section.lines}
      nameOf={(line) => line.description}
      create={newProductLine}
      addLabel="Add a product"
      amount={(line) => formatMoney(productAmountMinor(line), currency)}
      onChange={(lines) => onChange({ ...section, lines })}
      columns={productColumns(currency)}
    />
  )
}

function productColumns(currency: Currency): LineColumn<ProductLine>[] {
  return [
    {
      head: 'Description',
      cell: (line, at, change) => (
        <TextField
          label="Description"
          labelHidden
          path={`${at}.description`}
          value={line.description}
          onChange={(description) => change({ ...line, description })}
        />
      ),
    },
    {
      head: 'Quantity',
      width: 90,
      cell: (line, at, change) => (
        <CountField
          label="Quantity"
          labelHidden
          most={100_000}
          path={`${at}.quantity`}
          value={line.quantity}
          onChange={(quantity) => change({ ...line, quantity })}
        />
      ),
    },
    {
      head: `Unit price (${currency})`,
      width: 130,
      cell: (line, at, change) => (
        <MoneyField
          label="Unit price"
          labelHidden
          currency={currency}
          path={`${at}.unitPriceMinor`}
          value={line.unitPriceMinor}
          onChange={(unitPriceMinor) => change({ ...line, unitPriceMinor })}
        />
      ),
    },
  ]
}
