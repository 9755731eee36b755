import canonicalize from 'canonicalize'
import type { Json } from './json.ts'

/**
 * The one text of a JSON value: keys in order of their UTF-16 code units, no spaces, numbers as
 * ECMAScript writes them (RFC 8785, JSON Canonicalization Scheme).
 */
export function canonicalJson(value: Json): string {
  // Where the keys are in order already, that is what JSON.stringify writes, in a third of the time.
  if (isInOrder(value)) return JSON.stringify(value)
  return canonicalize(value) ?? 'null' // undefined is its answer to what is no JSON, which the type excludes
}

function isInOrder(value: Json): boolean {
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value)) return value.every(isInOrder)
  let previous = ''
  for (const key of Object.keys(value)) {
    // Keys that read as a number come first in an object, whatever their order as texts.
    if (key < previous || isDigit(key.charCodeAt(0)) || !isInOrder(value[key] ?? null)) return false
    previous = key
  }
  return true
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}
