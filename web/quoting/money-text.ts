import { currencies, type Currency } from '@pet/pet/quoting/quote-content'

export type Reading<Value> = { ok: true; value: Value } | { ok: false; message: string }

/** The most that one amount of a quote may be, in minor units: keeps every total a safe integer. */
const mostMinor = 1_000_000_000_00

/**
 * Reads an amount in major units as exact minor units, digit by digit, never through a float.
 * Thousands may be grouped by commas, spaces or apostrophes; a sign of the currency may stand in front.
 * @example readMoney('1,234.5', 'EUR') // { ok: true, value: 123450 }
 */
export function readMoney(
  text: string,
  currency: Currency,
  { negative = false }: { negative?: boolean } = {},
): Reading<number> {
  const decimals = currencies[currency]
  const example = decimals === 0 ? '1234' : '1234.56'
  const match =
    /^([-−–]?)\s*[€£$¥]?\s*(\d+|\d{1,3}(?:([,'’\s])\d{3})(?:\3\d{3})*)(?:\.(\d*))?$/.exec(
      text.trim(),
    )
  if (!match) return refuse(`Write an amount such as ${example}`)
  const [, sign = '', whole = '', , fraction = ''] = match
  if (fraction.length > decimals)
    return refuse(
      decimals === 0
        ? `${currency} has no decimals: write ${example}`
        : `${currency} has ${decimals} decimals: write ${example}`,
    )
  if (sign !== '' && !negative) return refuse('Write an amount that is not below zero')
  const digits = whole.replace(/\D/g, '') + fraction.padEnd(decimals, '0')
  const amountMinor = Number(digits)
  if (amountMinor > mostMinor) return refuse('This is more than one amount may be')
  return { ok: true, value: sign === '' || amountMinor === 0 ? amountMinor : -amountMinor }
}

/** The text that `readMoney` reads back as the same amount. @example moneyText(123450, 'EUR') // '1234.50' */
export function moneyText(amountMinor: number, currency: Currency): string {
  const decimals = currencies[currency]
  const digits = String(Math.abs(amountMinor)).padStart(decimals + 1, '0')
  const sign = amountMinor < 0 ? '-' : ''
  if (decimals === 0) return sign + digits
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

function refuse(message: string): { ok: false; message: string } {
  return { ok: false, message }
}
