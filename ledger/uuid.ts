import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const randomBytesEach = 16
/** Drawn for many ids at once: each draw on its own costs more than the id. */
const randomness = Buffer.alloc(randomBytesEach * 256)
let used = randomness.length

/** A new id that sorts by its time (UUIDv7, RFC 9562), as events have them. */
export function uuidv7(): string {
  if (used === randomness.length) {
    randomFillSync(randomness)
    used = 0
  }
  const random = randomness.subarray(used, used + randomBytesEach)
  used += randomBytesEach
  return v7({ random })
}
