import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencies, type Currency } from '@pet/pet/quoting/quote-content'
import { moneyText, readMoney } from './money-text.ts'

const currency = fc.constantFrom(...(Object.keys(currencies) as Currency[]))
const amountMinor = fc.integer({ min: -1_000_000_000_00, max: 1_000_000_000_00 })

test('what is written for an amount is read as that amount, in every currency', () => {
  fc.assert(
    fc.property(amountMinor, currency, (amount, of) => {
      expect(readMoney(moneyText(amount, of), of, { negative: true })).toEqual({
        ok: true,
        value: amount === 0 ? 0 : amount,
      })
    }),
  )
})

test('grouping thousands changes nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 99_999_999_999 }),
      fc.constantFrom(',', ' ', "'"),
      (amount, separator) => {
        const [whole = '', cents = ''] = moneyText(amount, 'EUR').split('.')
        const grouped = whole.replace(/\B(?=(\d{3})+$)/g, separator)
        expect(readMoney(`${grouped}.${cents}`, 'EUR')).toEqual({ ok: true, value: amount })
      },
    ),
  )
})

test('no text makes it throw or read anything but a safe integer', () => {
  fc.assert(
    fc.property(fc.string(), currency, (text, of) => {
      const reading = readMoney(text, of, { negative: true })
      expect(reading.ok ? Number.isSafeInteger(reading.value) : reading.message !== '').toBe(true)
    }),
  )
})

test.each([
  ['1234.56', 'EUR', 123456],
  ['1234', 'EUR', 123400],
  ['1234.5', 'GBP', 123450],
  ['0.1', 'USD', 10],
  ['€ 1,234,567.89', 'EUR', 123456789],
  ['1234', 'JPY', 1234],
  ['4.35', 'EUR', 435],
] as const)('%s in %s is %i', (text, of, value) => {
  expect(readMoney(text, of)).toEqual({ ok: true, value })
})

test.each([
  ['', 'EUR'],
  ['12,34', 'EUR'],
  ['1.234,56', 'EUR'],
  ['1,234 567', 'EUR'],
  ['12.345', 'EUR'],
  ['12.5', 'JPY'],
  ['-5', 'EUR'],
  ['1e3', 'EUR'],
  ['1000000000.01', 'EUR'],
] as const)('“%s” in %s is refused', (text, of) => {
  expect(readMoney(text, of).ok).toBe(false)
})
