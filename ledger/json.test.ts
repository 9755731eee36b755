import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical.ts'
import { hasExactNumbers } from './exact-numbers.ts'
import { NotJson, toJson, type Json } from './json.ts'

test('the canonical form is that of RFC 8785', () => {
  // The sample of its section 3.2.2, and the key order of 3.2.3.
  const sample = {
    numbers: JSON.parse(
      '[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001]',
    ) as Json,
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  }
  expect(canonicalJson(sample)).toBe(
    String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  )
  const keys = ['\u20ac', '\r', '\ufb33', '1', '\ud83d\ude00', '\u0080', '\u00f6']
  const ordered = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33']
  const object = Object.fromEntries(keys.map((key) => [key, 0]))
  expect(canonicalJson(object)).toBe(`{${ordered.map((key) => `${JSON.stringify(key)}:0`).join()}}`)
})

test('the canonical form does not depend on the order of keys, and parses to the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (drawn) => {
      const value = toJson(drawn, 'value')
      const text = canonicalJson(value)
      expect(canonicalJson(reversed(value))).toBe(text)
      expect(JSON.parse(text)).toEqual(value)
    }),
  )
})

function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(reversed)
  const entries = Object.entries(value).toReversed()
  return Object.fromEntries(entries.map(([key, item]) => [key, reversed(item)]))
}

test('what is no JSON is refused, and where is said', () => {
  const cases: [unknown, string][] = [
    [{ lines: [{ price: Number.NaN }] }, 'data.lines[0].price is NaN'],
    [{ at: new Date() }, 'data.at is a Date'],
    [[1n], 'data[0] is of the type bigint'],
    [{ 'a\0': 1 }, 'a key of data holds'],
    ['\udead', 'data holds a lone surrogate'],
    [() => 1, 'data is of the type function'],
    [undefined, 'data is of the type undefined'],
  ]
  for (const [value, message] of cases) {
    expect(() => toJson(value, 'data')).toThrow(NotJson)
    expect(() => toJson(value, 'data')).toThrow(message)
  }
  const endless: { self?: object } = {}
  endless.self = endless
  expect(() => toJson(endless, 'data')).toThrow('nested deeper than 100 levels')
})

test('what JSON leaves out is left out, and nothing is inherited', () => {
  expect(toJson({ a: undefined, b: -0 }, 'data')).toStrictEqual({ b: 0 })
  const tricky = JSON.parse('{"__proto__": {"x": 1}, "toString": 2}') as object
  expect(Object.keys(toJson(tricky, 'data') as object)).toEqual(['__proto__', 'toString'])
})

test('a number with digits that no double has is seen', () => {
  const exact = [
    '0',
    '-1.5',
    '0.30000000000000004',
    '1000000000000000000000',
    '"9.99999999999999999"',
  ]
  for (const text of exact) expect(hasExactNumbers(text), text).toBe(true)
  const changed = [
    '9007199254740993',
    '[1, 2.00000000000000000001]',
    '{"a": 0.1000000000000000001}',
  ]
  for (const text of changed) expect(hasExactNumbers(text), text).toBe(false)
})
