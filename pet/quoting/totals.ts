import type {
  ProductLine,
  QuoteContent,
  RecurringLine,
  Section,
  SectionKind,
  Task,
} from './quote-content.ts'

/** Sums of a quote. Money in minor units of its currency, working time in minutes. */
export type QuoteTotals = {
  sectionMinor: Record<string, number>
  kindMinor: Record<SectionKind, number>
  totalMinor: number
  /** Hours sold for delivery: what the project is held against. */
  soldMinutes: number
  /** Hours expected of recurring services over all their periods. */
  recurringMinutes: number
}

/** The sums of a quote, the same in the browser while it is written and in the ledger when it is accepted. */
export function totalsOf(content: QuoteContent): QuoteTotals {
  const totals: QuoteTotals = {
    // As entries: assigned one by one, a section called __proto__ would get no sum.
    sectionMinor: Object.fromEntries(
      content.sections.map((section) => [section.id, sum(lineAmountsMinor(section))]),
    ),
    kindMinor: { products: 0, implementation: 0, recurring: 0, adjustment: 0 },
    totalMinor: 0,
    soldMinutes: 0,
    recurringMinutes: 0,
  }
  for (const section of content.sections) {
    const amountMinor = sum(lineAmountsMinor(section))
    totals.kindMinor[section.kind] += amountMinor
    totals.totalMinor += amountMinor
    if (section.kind === 'implementation')
      totals.soldMinutes += sum(tasksOf(section).map((task) => task.minutes ?? 0))
    if (section.kind === 'recurring')
      totals.recurringMinutes += sum(
        section.lines.map((line) => (line.minutesPerPeriod ?? 0) * line.periods),
      )
  }
  return totals
}

/** The most that the lines of a quote may amount to, each without its sign: far enough below 2^53 for every sum to be exact. */
export const mostMinor = 1_000_000_000_000_00

export function isWithinBounds({ sections }: QuoteContent): boolean {
  return sum(sections.flatMap(lineAmountsMinor).map(Math.abs)) <= mostMinor
}

export function productAmountMinor(line: ProductLine): number {
  return line.quantity * line.unitPriceMinor
}

export function recurringAmountMinor(line: RecurringLine): number {
  return line.periods * line.pricePerPeriodMinor
}

/** Time at an hourly rate, rounded half-up to the minor unit, once per line. Exact: the schema's bounds keep it below 2^53. */
export function taskAmountMinor(task: Task): number {
  const sixtieths = task.hourlyRateMinor * (task.minutes ?? 0)
  return Math.floor((sixtieths + 30) / 60)
}

/** The tasks of an implementation section, through all its milestones. */
export function tasksOf(section: Extract<Section, { kind: 'implementation' }>): Task[] {
  return section.milestones.flatMap((milestone) => milestone.tasks)
}

function lineAmountsMinor(section: Section): number[] {
  switch (section.kind) {
    case 'products':
      return section.lines.map(productAmountMinor)
    case 'implementation':
      return tasksOf(section).map(taskAmountMinor)
    case 'recurring':
      return section.lines.map(recurringAmountMinor)
    case 'adjustment':
      return section.lines.map((line) => line.amountMinor)
  }
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}
