import canonicalize from 'canonicalize'
import type { Json } from './json.ts'

/**
 * The one text of a JSON value: keys in order of their UTF-16 code units, no spaces, numbers as
 * ECMAScript writes them (RFC 8785, JSON Canonicalization Scheme).
 */
export function canonicalJson(value: Json): string {
  return canonicalize(value) ?? 'null' // undefined is its answer to what is no JSON, which the type excludes
}
