import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import * as z from 'zod'
import { isStorableText, type Json } from './json.ts'

/** A value about a person, kept encrypted under that person's key; null once the person is erased. */
export type Personal = z.infer<ReturnType<typeof personal>>

/** The key of a person: 32 bytes; null when it was erased. */
export type KeyOf = (person: string) => Buffer | null

/** Marks a personal value in an event's schema: `z.strictObject({ name: personal() })`. */
export function personal() {
  return personalSchema
}

const personalSchema = z.strictObject({
  kind: z.literal('personal'),
  person: z.string().min(1).max(200).refine(isStorableText),
  value: z.string().nullable(),
})

const nonceBytes = 12
const tagBytes = 16

/** Whether anything in `data` is marked as personal, plain or encrypted. */
export function holdsPersonal(data: Json): boolean {
  if (data === null || typeof data !== 'object') return false
  return isMarked(data) || Object.values(data).some(holdsPersonal)
}

/** The persons whose values are anywhere in `data`, plain or encrypted. */
export function personsIn(data: Json): Set<string> {
  const persons = new Set<string>()
  collectPersons(data, persons)
  return persons
}

/** Where in `data` something is marked as personal and is not a personal value to be written, if anywhere. */
export function findMalformedPersonal(data: Json, path: string): string | undefined {
  if (data === null || typeof data !== 'object') return undefined
  if (isMarked(data)) return personalSchema.safeParse(data).success ? undefined : path
  for (const [key, item] of Object.entries(data)) {
    const found = findMalformedPersonal(item, `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * `data` with its personal values encrypted: AES-256-GCM (NIST SP 800-38D) under the person's key,
 * a random nonce of 96 bits, bound to the event's id and the value's JSON pointer (RFC 6901), so
 * that a cipher moved elsewhere does not open. `cipher` is base64url(nonce ‖ ciphertext ‖ tag).
 */
export function seal(data: Json, eventId: string, keyOf: KeyOf): Json {
  return mapPersonal(data, '', ({ person, value }, pointer) => {
    const key = typeof value === 'string' ? keyOf(person) : null
    if (typeof value !== 'string' || key === null) return { kind: 'personal', person, cipher: null }
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(eventId, pointer))
    const parts = [nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]
    return { kind: 'personal', person, cipher: Buffer.concat(parts).toString('base64url') }
  })
}

/**
 * The opposite of `seal`. The value of a person without a key is null.
 *
 * @throws Error when a value does not open with its person's key: it was changed or moved.
 */
export function unseal(data: Json, eventId: string, keyOf: KeyOf): Json {
  return mapPersonal(data, '', ({ person, cipher }, pointer) => {
    const key = keyOf(person)
    if (typeof cipher !== 'string' || key === null) return { kind: 'personal', person, value: null }
    const bytes = Buffer.from(cipher, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
      .setAAD(boundTo(eventId, pointer))
      .setAuthTag(bytes.subarray(-tagBytes))
    const value = decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8')
    return { kind: 'personal', person, value: value + decipher.final('utf8') }
  })
}

type Marked = { person: string; [key: string]: Json }

function mapPersonal(
  data: Json,
  pointer: string,
  change: (value: Marked, pointer: string) => Json,
): Json {
  if (data === null || typeof data !== 'object') return data
  if (Array.isArray(data)) {
    return data.map((item, index) => mapPersonal(item, `${pointer}/${index}`, change))
  }
  if (isMarked(data)) return change(data, pointer)
  return Object.fromEntries(
    Object.entries(data).map(([key, item]) => [
      key,
      mapPersonal(item, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, change),
    ]),
  )
}

function collectPersons(data: Json, persons: Set<string>): void {
  if (data === null || typeof data !== 'object') return
  if (isMarked(data)) persons.add(data.person)
  else for (const item of Object.values(data)) collectPersons(item, persons)
}

function isMarked(data: Json): data is Marked {
  return data !== null && typeof data === 'object' && 'kind' in data && data.kind === 'personal'
}

function boundTo(eventId: string, pointer: string): Buffer {
  return Buffer.from(`${eventId}${pointer}`)
}
