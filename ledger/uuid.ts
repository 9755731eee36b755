import { v7 } from 'uuid'

/** A new id that sorts by its time (UUIDv7, RFC 9562), as events have them. */
export function uuidv7(): string {
  return v7()
}
