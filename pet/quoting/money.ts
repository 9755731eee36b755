import { dinero, toDecimal } from 'dinero.js'
import * as dineroCurrencies from 'dinero.js/currencies'
import type { Currency } from './quote-content.ts'

/**
 * An amount as people read it, exact for any safe integer: the decimal string goes to Intl as text,
 * never through a floating point number.
 * @example formatMoney(123456, 'EUR') // '€1,234.56'
 */
export function formatMoney(amountMinor: number, currency: Currency, locale = 'en-GB'): string {
  const decimal = toDecimal(dinero({ amount: amountMinor, currency: dineroCurrencies[currency] }))
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(
    decimal as `${number}`,
  )
}

/** Working time as people read it: '7 h 30 min'. Minutes null (nobody estimated yet) reads '–'. */
export function formatMinutes(minutes: number | null): string {
  if (minutes === null) return '–'
  const hours = Math.floor(minutes / 60)
  const rest = minutes % 60
  return rest === 0 ? `${hours} h` : hours === 0 ? `${rest} min` : `${hours} h ${rest} min`
}
