import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from './json.ts'
import { findMalformedPersonal, personal, personsIn, seal, unseal, type KeyOf } from './personal.ts'

const about = (person: string, value: string | null): Json => ({ kind: 'personal', person, value })

function keyring(): KeyOf {
  const keys = new Map<string, Buffer>()
  return (person) => keys.get(person) ?? keys.set(person, randomBytes(32)).get(person)!
}

describe('personal values', () => {
  test('come back as they were, wherever they are', () => {
    const person = fc.constantFrom('anna', 'ben')
    const value = fc.record({
      kind: fc.constant('personal'),
      person,
      value: fc.option(fc.string({ unit: 'grapheme' })),
    })
    const { data } = fc.letrec((tie) => ({
      data: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        value,
        fc.array(tie('data')),
        fc.dictionary(fc.string(), tie('data')),
      ),
    }))
    fc.assert(
      fc.property(data, (drawn) => {
        const json = drawn as Json
        const keyOf = keyring()
        expect(unseal(seal(json, 'event', keyOf), 'event', keyOf)).toEqual(json)
      }),
    )
  })

  test('are not in what is stored, and each time encrypted anew', () => {
    const keyOf = keyring()
    const data = { name: about('anna', 'Anna Smith'), total: 12 }
    const stored = seal(data, 'event', keyOf)
    expect(stored).toEqual({
      name: { kind: 'personal', person: 'anna', cipher: expect.any(String) as string },
      total: 12,
    })
    expect(JSON.stringify(stored)).not.toContain('Smith')
    expect(seal(data, 'event', keyOf)).not.toEqual(stored)
  })

  test('are null once their key is gone', () => {
    const stored = seal([about('anna', 'Anna'), about('ben', 'Ben')], 'event', keyring())
    expect(unseal(stored, 'event', () => null)).toEqual([about('anna', null), about('ben', null)])
  })

  test('do not open in another event, at another place or under another key', () => {
    const keyOf = keyring()
    const stored = seal({ a: about('anna', 'Anna'), b: about('anna', 'Smith') }, 'event', keyOf)
    const { a, b } = stored as { a: Json; b: Json }
    expect(() => unseal(stored, 'other', keyOf)).toThrow()
    expect(() => unseal({ a: b, b: a }, 'event', keyOf)).toThrow()
    expect(() => unseal(stored, 'event', keyring())).toThrow()
  })

  test('name the persons that they are about', () => {
    const data = [about('anna', 'x'), { deep: [about('ben', null), about('anna', 'y')] }]
    expect(personsIn(data)).toEqual(new Set(['anna', 'ben']))
  })

  test('are refused in any other form, and where is said', () => {
    expect(findMalformedPersonal({ name: about('anna', 'x') }, 'data')).toBeUndefined()
    const forged = { kind: 'personal', person: 'anna', cipher: 'AAAA' }
    expect(findMalformedPersonal({ lines: [{ name: forged }] }, 'data')).toBe('data.lines.0.name')
    expect(findMalformedPersonal({ kind: 'personal' }, 'data')).toBe('data')
    expect(personal().safeParse(forged).success).toBe(false)
    expect(personal().safeParse(about('anna', 'x')).success).toBe(true)
  })
})
