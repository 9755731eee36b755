import { nanoid } from 'nanoid'
import type {
  AdjustmentLine,
  Currency,
  Milestone,
  ProductLine,
  QuoteContent,
  RecurringLine,
  Section,
  SectionKind,
  Task,
} from '@pet/pet/quoting/quote-content'

/** What each kind of section is called and sells. */
export const kindWords: Record<SectionKind, { title: string; help: string }> = {
  products: { title: 'Products', help: 'Things sold by number and unit price.' },
  implementation: {
    title: 'Implementation',
    help: 'Milestones with tasks: role, hours and rate. These are the sold hours.',
  },
  recurring: {
    title: 'Recurring service',
    help: 'A service per month, quarter or year, with expected hours.',
  },
  adjustment: { title: 'Adjustment', help: 'A discount or a correction, by a signed amount.' },
}

/** Parts of a quote as they start out. `newId` is only handed in by tests. */
export function newSection(kind: SectionKind, newId: () => string = nanoid): Section {
  const id = newId()
  const { title } = kindWords[kind]
  switch (kind) {
    case 'products':
      return { kind, id, title, lines: [newProductLine(newId)] }
    case 'implementation':
      return { kind, id, title, milestones: [newMilestone(newId)] }
    case 'recurring':
      return { kind, id, title, lines: [newRecurringLine(newId)] }
    case 'adjustment':
      return { kind, id, title, lines: [newAdjustmentLine(newId)] }
  }
}

export function newProductLine(newId: () => string = nanoid): ProductLine {
  return { id: newId(), description: '', quantity: 1, unitPriceMinor: 0 }
}

export function newMilestone(newId: () => string = nanoid): Milestone {
  return { id: newId(), title: '', tasks: [newTask(newId)] }
}

export function newTask(newId: () => string = nanoid): Task {
  return { id: newId(), title: '', role: 'Consultant', minutes: null, hourlyRateMinor: 0 }
}

export function newRecurringLine(newId: () => string = nanoid): RecurringLine {
  return {
    id: newId(),
    description: '',
    period: 'month',
    periods: 12,
    pricePerPeriodMinor: 0,
    minutesPerPeriod: null,
  }
}

export function newAdjustmentLine(newId: () => string = nanoid): AdjustmentLine {
  return { id: newId(), description: '', amountMinor: 0 }
}

/** A quote as it starts out. */
export function newContent(currency: Currency): QuoteContent {
  return { title: 'New quote', customerId: null, contactId: null, currency, sections: [] }
}
