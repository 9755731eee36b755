import { createHash, hash } from 'node:crypto'
import { canonicalJson } from './canonical.ts'
import type { RecordedEvent } from './recorded-event.ts'

/** What the writer knows of an event; the log adds position, version and time of recording. */
export type WrittenEvent = Omit<RecordedEvent, 'position' | 'version' | 'recordedAt'>

/** The head's hash before the first event: 32 zero bytes. */
export const firstHash: Buffer = Buffer.alloc(32)

/** The text of an event that its hash is made of: RFC 8785, personal values encrypted. */
export function canonicalEvent(event: WrittenEvent): string {
  const { context, data } = event
  return canonicalText({ ...event, context: canonicalJson(context), data: canonicalJson(data) })
}

/** The same of an event whose `context` and `data` are canonical already. */
export function canonicalText(event: CanonicalParts): string {
  // In the order of RFC 8785; for a text or a whole number `JSON.stringify` writes its form.
  return `{"actor":${JSON.stringify(event.actor)},"causation":${JSON.stringify(event.causation)},"commandId":${JSON.stringify(event.commandId)},"context":${event.context},"correlation":${JSON.stringify(event.correlation)},"data":${event.data},"id":"${event.id}","occurredAt":"${event.occurredAt}","schemaVersion":${event.schemaVersion},"stream":${JSON.stringify(event.stream)},"type":${JSON.stringify(event.type)}}`
}

export type CanonicalParts = Omit<WrittenEvent, 'context' | 'data'> & {
  context: string
  data: string
}

export function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

/**
 * The chain's next hash, which binds a group of events to all before it:
 * sha256(previous hash ‖ first position ‖ recorded at, in µs since 1970 ‖ hashes of the events),
 * both numbers as 8 bytes, most significant first. `ledger.append` computes the same.
 * (A hash chain after Haber and Stornetta, "How to time-stamp a digital document", 1991.)
 *
 * @returns an object to feed the hashes of the events to, one by one.
 */
export function groupHash(previous: Buffer, firstPosition: bigint, recordedAtMicros: bigint) {
  const numbers = Buffer.alloc(16)
  numbers.writeBigInt64BE(firstPosition, 0)
  numbers.writeBigInt64BE(recordedAtMicros, 8)
  const sum = createHash('sha256').update(previous).update(numbers)
  return {
    add: (hashOfEvent: Buffer): void => void sum.update(hashOfEvent),
    digest: (): Buffer => sum.digest(),
  }
}
