import { z } from 'zod'
import { text as anyText } from '../text.ts'

/** Currencies that a quote can be written in, with the number of decimals of their minor unit (ISO 4217). */
export const currencies = { EUR: 2, GBP: 2, USD: 2, CHF: 2, JPY: 0 } as const
export type Currency = keyof typeof currencies

/** The roles that work is sold by. A catalogue with rates comes with the full builder. */
export const workRoles = [
  'Consultant',
  'Senior consultant',
  'Engineer',
  'Architect',
  'Project manager',
] as const

const id = anyText().min(1).max(64)
const text = anyText().trim().max(200)
/** Minor units of the quote's currency (cents, pence, yen). */
const amountMinor = z.int().min(-1_000_000_000_00).max(1_000_000_000_00)
const priceMinor = z.int().min(0).max(1_000_000_000_00)
/** Working time in minutes; null while nobody has estimated it yet (a quote like that can't be accepted). */
const minutes = z.int().min(1).max(6_000_000).nullable()

export const productLine = z.strictObject({
  id,
  description: text,
  quantity: z.int().min(1).max(100_000),
  unitPriceMinor: priceMinor,
})

export const task = z.strictObject({
  id,
  title: text,
  role: z.enum(workRoles),
  minutes,
  hourlyRateMinor: z.int().min(0).max(10_000_000),
})

export const milestone = z.strictObject({ id, title: text, tasks: z.array(task).max(100) })

export const recurringLine = z.strictObject({
  id,
  description: text,
  period: z.enum(['month', 'quarter', 'year']),
  periods: z.int().min(1).max(120),
  pricePerPeriodMinor: priceMinor,
  minutesPerPeriod: minutes,
})

export const adjustmentLine = z.strictObject({ id, description: text, amountMinor })

export const section = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('products'),
    id,
    title: text,
    lines: z.array(productLine).max(200),
  }),
  z.strictObject({
    kind: z.literal('implementation'),
    id,
    title: text,
    milestones: z.array(milestone).max(50),
  }),
  z.strictObject({
    kind: z.literal('recurring'),
    id,
    title: text,
    lines: z.array(recurringLine).max(100),
  }),
  z.strictObject({
    kind: z.literal('adjustment'),
    id,
    title: text,
    lines: z.array(adjustmentLine).max(100),
  }),
])

/** What a quote says: everything that a salesperson writes, and nothing that is derived from it. */
export const quoteContent = z.strictObject({
  title: text.min(1),
  customerId: z.uuid().nullable(),
  contactId: z.uuid().nullable(),
  currency: z.enum(Object.keys(currencies) as [Currency, ...Currency[]]),
  sections: z
    .array(section)
    .max(30)
    .refine(
      (sections) => new Set(sections.map(({ id }) => id)).size === sections.length,
      'Two sections have the same id',
    ),
})

export type QuoteContent = z.infer<typeof quoteContent>
export type Section = z.infer<typeof section>
export type SectionKind = Section['kind']
export type ProductLine = z.infer<typeof productLine>
export type Task = z.infer<typeof task>
export type Milestone = z.infer<typeof milestone>
export type RecurringLine = z.infer<typeof recurringLine>
export type AdjustmentLine = z.infer<typeof adjustmentLine>
