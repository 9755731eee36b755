import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { sha256 } from './event-hash.ts'
import type { KeyOf } from './personal.ts'

/** What a snapshot is bound to besides its state: a state moved to another one of these does not hold. */
export interface SnapshotHeader {
  stream: string
  /** The name of the fold. */
  fold: string
  foldVersion: number
  /** Of the stream. */
  version: number
  /** Of the event with that version, in hexadecimal. */
  eventHash: string
  /** Whose values may be in the state, in order. */
  persons: readonly string[]
}

const nonceBytes = 12
const tagBytes = 16

/**
 * The state as it is kept: canonical JSON, encrypted where it may hold personal values, in whatever
 * form `evolve` has put them. AES-256-GCM (NIST SP 800-38D) under a key that HKDF (RFC 5869) makes
 * of the keys of all those persons, bound to the header: erasing one of them leaves nobody who can
 * open it. Undefined when one of them is erased already.
 */
export function sealState(state: string, header: SnapshotHeader, keyOf: KeyOf): string | undefined {
  if (header.persons.length === 0) return state
  const key = keyOfAll(header.persons, keyOf)
  if (!key) return undefined
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(header))
  const parts = [nonce, cipher.update(state, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return JSON.stringify(Buffer.concat(parts).toString('base64url'))
}

/** The opposite of `sealState`. Undefined when it does not open: a person was erased, or it was changed. */
export function unsealState(
  kept: string,
  header: SnapshotHeader,
  keyOf: KeyOf,
): string | undefined {
  if (header.persons.length === 0) return kept
  const key = keyOfAll(header.persons, keyOf)
  if (!key) return undefined
  try {
    const bytes = Buffer.from(kept, 'base64url') // the quotes are not of its alphabet, and skipped
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
      .setAAD(boundTo(header))
      .setAuthTag(bytes.subarray(-tagBytes))
    const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8')
    return text + decipher.final('utf8')
  } catch {
    return undefined
  }
}

/**
 * Over the canonical JSON of the header and of the state as it is kept: of an encrypted one nothing
 * can be guessed from it.
 */
export function checksumOf(header: SnapshotHeader, kept: string): Buffer {
  return sha256(canonicalHeader(header, kept))
}

function keyOfAll(persons: readonly string[], keyOf: KeyOf): Buffer | undefined {
  const keys = persons.map(keyOf)
  if (!keys.every((key) => key !== null)) return undefined
  return Buffer.from(hkdfSync('sha256', Buffer.concat(keys), '', 'pet snapshot', 32))
}

function boundTo(header: SnapshotHeader): Buffer {
  return Buffer.from(canonicalHeader(header, 'null'))
}

/** The keys in the order of RFC 8785; texts and whole numbers are what `JSON.stringify` writes. */
function canonicalHeader(header: SnapshotHeader, state: string): string {
  const { stream, fold, foldVersion, version, eventHash, persons } = header
  return `{"eventHash":"${eventHash}","fold":${JSON.stringify(fold)},"foldVersion":${foldVersion},"persons":${JSON.stringify(persons)},"state":${state},"stream":${JSON.stringify(stream)},"version":${version}}`
}
