/**
 * Whether every number in a JSON text is one that ECMAScript could have written. PostgreSQL keeps
 * more digits than a double has: a number changed beyond them would parse to what it was before,
 * and the change would go unseen by a hash of what was parsed.
 */
export function hasExactNumbers(json: string): boolean {
  if (!/\d[\d.]{15}/.test(json)) return true // fewer than 16 digits are always exact
  const numbers = json.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').match(/-?\d[\d.]*/g) ?? []
  return numbers.every((text) => text === plainDecimal(Number(text)))
}

/** `1e21` → `1000000000000000000000`, as PostgreSQL writes numbers. */
function plainDecimal(value: number): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? []
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
