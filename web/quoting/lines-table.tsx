import { formatMinutes, formatMoney } from '@pet/pet/quoting/money'
import type { Currency, Section } from '@pet/pet/quoting/quote-content'
import { productAmountMinor, recurringAmountMinor, taskAmountMinor } from '@pet/pet/quoting/totals'
import classes from './lines-table.module.css'

/** Lines of a section as cells under heads; a row with a single cell is the title of those below it. */
type Lines = {
  heads: string[]
  /** How many columns from the left are words; the others are figures. */
  wordColumns: number
  rows: { key: string; cells: string[] }[]
}

/** The lines of a section, to be read: a table, laid out as one block per line where the screen is narrow. */
export function LinesTable({ section, currency }: { section: Section; currency: Currency }) {
  const { heads, wordColumns, rows } = linesOf(section, (amountMinor) =>
    formatMoney(amountMinor, currency),
  )
  const looks = heads.map((_, index) => classes[index < wordColumns ? 'text' : 'figure'])
  return (
    <table className={classes['table']} aria-label={section.title}>
      <thead>
        <tr>
          {heads.map((head, index) => (
            <th key={head} className={looks[index]}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            {row.cells.length === 1 ? (
              <th colSpan={heads.length} className={classes['heading']}>
                {row.cells[0]}
              </th>
            ) : (
              row.cells.map((cell, index) => (
                <td key={heads[index]} className={looks[index]} data-label={heads[index]}>
                  {cell}
                </td>
              ))
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function linesOf(section: Section, money: (amountMinor: number) => string): Lines {
  switch (section.kind) {
    case 'products':
      return productLines(section, money)
    case 'implementation':
      return taskLines(section, money)
    case 'recurring':
      return recurringLines(section, money)
    case 'adjustment':
      return {
        heads: ['Reason', 'Amount'],
        wordColumns: 1,
        rows: section.lines.map((line) => ({
          key: line.id,
          cells: [line.description, money(line.amountMinor)],
        })),
      }
  }
}

type Of<Kind extends Section['kind']> = Extract<Section, { kind: Kind }>

function productLines({ lines }: Of<'products'>, money: (amountMinor: number) => string): Lines {
  return {
    heads: ['Description', 'Quantity', 'Unit price', 'Amount'],
    wordColumns: 1,
    rows: lines.map((line) => ({
      key: line.id,
      cells: [
        line.description,
        String(line.quantity),
        money(line.unitPriceMinor),
        money(productAmountMinor(line)),
      ],
    })),
  }
}

function taskLines(
  { milestones }: Of<'implementation'>,
  money: (amountMinor: number) => string,
): Lines {
  return {
    heads: ['Task', 'Role', 'Hours', 'Rate per hour', 'Amount'],
    wordColumns: 2,
    rows: milestones.flatMap((milestone) => [
      { key: milestone.id, cells: [milestone.title] },
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
}

function recurringLines({ lines }: Of<'recurring'>, money: (amountMinor: number) => string): Lines {
  return {
    heads: ['Service', 'Periods', 'Hours each', 'Price each', 'Amount'],
    wordColumns: 1,
    rows: lines.map((line) => ({
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
}
