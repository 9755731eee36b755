export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** What a value lacks to be kept as JSON, and where: `data.lines[3].price is NaN, …`. */
export class NotJson extends Error {}

const maximumDepth = 100

/**
 * A copy of `value` that is JSON and that PostgreSQL can give back unchanged, its keys in the order
 * of RFC 8785. Properties that are `undefined` are left out, as `JSON.stringify` does; `-0` becomes `0`.
 *
 * @throws NotJson for anything else that JSON, RFC 8785 or `jsonb` can't hold: a number that is not
 * finite, a lone surrogate, the NUL character, an object with a prototype of its own.
 */
export function toJson(value: unknown, path: string, depth = 0): Json {
  if (depth > maximumDepth)
    throw new NotJson(`${path} is nested deeper than ${maximumDepth} levels`)
  switch (typeof value) {
    case 'string':
      return storableText(value, path)
    case 'boolean':
      return value
    case 'number':
      if (!Number.isFinite(value))
        throw new NotJson(`${path} is ${value}, expected a finite number`)
      return value === 0 ? 0 : value
    case 'object':
      if (value === null) return null
      if (Array.isArray(value)) {
        return value.map((item: unknown, index) => toJson(item, `${path}[${index}]`, depth + 1))
      }
      return toJsonObject(value, path, depth)
    default:
      throw new NotJson(`${path} is of the type ${typeof value}, expected JSON`)
  }
}

/** Whether PostgreSQL can keep this text and RFC 8785 can write it. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function toJsonObject(value: object, path: string, depth: number): Json {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotJson(`${path} is a ${value.constructor.name}, expected a plain object`)
  }
  const copy: { [key: string]: Json } = {}
  for (const key of Object.keys(value).toSorted()) {
    const item: unknown = Reflect.get(value, key)
    if (item === undefined) continue
    const json = toJson(item, `${path}.${key}`, depth + 1)
    if (key === '__proto__') Object.defineProperty(copy, key, { ...ownProperty, value: json })
    else copy[storableText(key, `a key of ${path}`)] = json
  }
  return copy
}

const ownProperty = { enumerable: true, configurable: true, writable: true }

function storableText(text: string, path: string): string {
  if (isStorableText(text)) return text
  throw new NotJson(`${path} holds a lone surrogate or the NUL character, which no text may`)
}
