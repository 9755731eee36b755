const number = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 })

/** A measured figure with its unit, at a precision that people read. @example formatFigure(412.7261, '1/s') // '412.7 /s' */
export function formatFigure(value: number, unit = '1'): string {
  const figure = Number.isInteger(value) ? value.toLocaleString('en-GB') : number.format(value)
  const name = unitName(unit)
  return name === '' ? figure : `${figure} ${name}`
}

/** A UCUM unit as people read it: what is counted ('{step}', '1') needs no name behind its number. */
export function unitName(unit: string): string {
  return unit.replace(/\{.*?\}/g, '').replace(/^1(?=\/|$)/, '')
}

/** An interval around a value; nothing for an exact one. */
export function formatInterval([low, high]: [number, number]): string {
  return low === high ? '' : `${number.format(low)} – ${number.format(high)}`
}

/** @example formatDuration(12_345) // '12.3 s' */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`
  if (durationMs < 60_000) return `${(durationMs / 1_000).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
