import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatMinutes, formatMoney } from './money.ts'
import type { QuoteContent, Section, Task } from './quote-content.ts'
import { taskAmountMinor, totalsOf } from './totals.ts'

const task = (minutes: number | null, hourlyRateMinor: number): Task => ({
  id: 't',
  title: 'Workshop',
  role: 'Engineer',
  minutes,
  hourlyRateMinor,
})

test.each([
  [60, 13_500, 13_500],
  [1, 30, 1], // half a cent goes up
  [1, 29, 0],
  [90, 10_001, 15_002], // 15 001.5
  [null, 13_500, 0],
])('%s minutes at %s an hour are %s', (minutes, rate, amount) => {
  expect(taskAmountMinor(task(minutes, rate))).toBe(amount)
})

test('time at a rate is rounded half-up, exactly, for every amount that the schema lets in', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6_000_000 }),
      fc.integer({ min: 0, max: 10_000_000 }),
      (minutes, rate) => {
        const exact = BigInt(minutes) * BigInt(rate)
        expect(BigInt(taskAmountMinor(task(minutes, rate)))).toBe((exact * 2n + 60n) / 120n)
      },
    ),
  )
})

test('sections sum to the total, and hours are kept apart by what they are sold for', () => {
  const sections: Section[] = [
    {
      kind: 'products',
      id: 'p',
      title: '',
      lines: [{ id: '1', description: 'Scanner', quantity: 3, unitPriceMinor: 999 }],
    },
    {
      kind: 'implementation',
      id: 'i',
      title: '',
      milestones: [{ id: 'm', title: '', tasks: [task(90, 10_000), task(30, 10_000)] }],
    },
    {
      kind: 'recurring',
      id: 'r',
      title: '',
      lines: [
        {
          id: '1',
          description: 'Support',
          period: 'month',
          periods: 12,
          pricePerPeriodMinor: 100,
          minutesPerPeriod: 60,
        },
      ],
    },
    {
      kind: 'adjustment',
      id: 'a',
      title: '',
      lines: [{ id: '1', description: 'Goodwill', amountMinor: -500 }],
    },
  ]
  const content: QuoteContent = {
    title: 'Roll-out',
    customerId: null,
    contactId: null,
    currency: 'EUR',
    sections,
  }
  expect(totalsOf(content)).toEqual({
    sectionMinor: { p: 2_997, i: 20_000, r: 1_200, a: -500 },
    kindMinor: { products: 2_997, implementation: 20_000, recurring: 1_200, adjustment: -500 },
    totalMinor: 23_697,
    soldMinutes: 120,
    recurringMinutes: 720,
  })
})

test('money and time read as people write them', () => {
  expect(formatMoney(-123_456, 'EUR')).toBe('-€1,234.56')
  expect(formatMoney(1_234, 'JPY')).toBe('JP¥1,234')
  expect(formatMoney(9_007_199_254_740_991, 'EUR')).toBe('€90,071,992,547,409.91')
  expect(formatMinutes(450)).toBe('7 h 30 min')
  expect(formatMinutes(null)).toBe('–')
})
