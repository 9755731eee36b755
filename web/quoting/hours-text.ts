import type { Reading } from './money-text.ts'

/** The most minutes that one line of a quote may have. */
const mostMinutes = 6_000_000

/**
 * Reads working time as exact minutes: '7:30', '7.5', '7 h 30 min', '45 min'. Nothing written means
 * that nobody has estimated it yet: null.
 * @example readHours('7.5') // { ok: true, value: 450 }
 */
export function readHours(text: string): Reading<number | null> {
  const written = text.trim().toLowerCase()
  if (written === '') return { ok: true, value: null }
  const minutes = clock(written) ?? units(written) ?? decimal(written)
  if (minutes === undefined) return { ok: false, message: 'Write hours such as 7:30 or 7.5' }
  if (minutes === 'between minutes')
    return { ok: false, message: 'This is no whole number of minutes: write it as 7:20' }
  if (minutes === 0) return { ok: false, message: 'Write more than 0, or leave it empty' }
  if (minutes > mostMinutes) return { ok: false, message: 'This is more than a line may have' }
  return { ok: true, value: minutes }
}

/** The text that `readHours` reads back as the same time. @example hoursText(450) // '7:30' */
export function hoursText(minutes: number | null): string {
  if (minutes === null) return ''
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`
}

function clock(written: string): number | undefined {
  const match = /^(\d{1,6}):([0-5]\d)$/.exec(written)
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined
}

function units(written: string): number | undefined {
  const match = /^(?:(\d{1,6})\s*h(?:ours?)?)?\s*(?:(\d{1,7})\s*m(?:in(?:utes)?)?)?$/.exec(written)
  return match ? Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0) : undefined
}

function decimal(written: string): number | 'between minutes' | undefined {
  const match = /^(\d{1,6})(?:[.,](\d{1,4}))?$/.exec(written)
  if (!match) return undefined
  const fraction = match[2] ?? ''
  const scale = 10 ** fraction.length
  const sixtieths = Number(fraction || '0') * 60
  if (sixtieths % scale !== 0) return 'between minutes'
  return Number(match[1]) * 60 + sixtieths / scale
}
