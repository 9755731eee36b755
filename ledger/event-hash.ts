import { createHash, hash } from 'node:crypto'
import { canonicalJson } from './canonical.ts'
import type { RecordedEvent } from './recorded-event.ts'

/** What the writer knows of an event; the log adds position, version and time of recording. */
export type WrittenEvent = Omit<RecordedEvent, 'position' | 'version' | 'recordedAt'>

/** The head's hash before the first event: 32 zero bytes. */
export const firstHash: Buffer = Buffer.alloc(32)

/** The text of an event that its hash is made of: RFC 8785, personal values encrypted. */
export function canonicalEvent(event: WrittenEvent): string {
  const command = canonicalCommand({ ...event, context: canonicalJson(event.context) })
  return canonicalText(command, { ...event, data: canonicalJson(event.data) })
}

/**
 * Where that text begins, which the events of a command have in common: in the order of RFC 8785
 * what is the command's comes first. For a text or a whole number `JSON.stringify` writes its form.
 *
 * @param command its `context` is canonical already
 */
export function canonicalCommand(command: CommandParts): string {
  const { actor, causation, commandId, context, correlation } = command
  return `{"actor":${JSON.stringify(actor)},"causation":${JSON.stringify(causation)},"commandId":${JSON.stringify(commandId)},"context":${context},"correlation":${JSON.stringify(correlation)}`
}

/** How it goes on for an event whose `data` is canonical already. */
export function canonicalText(command: string, event: EventParts): string {
  return `${command},"data":${event.data},"id":"${event.id}","occurredAt":"${event.occurredAt}","schemaVersion":${event.schemaVersion},"stream":${JSON.stringify(event.stream)},"type":${JSON.stringify(event.type)}}`
}

type CommandParts = Pick<WrittenEvent, 'actor' | 'commandId' | 'correlation' | 'causation'> & {
  context: string
}

type EventParts = Pick<WrittenEvent, 'id' | 'stream' | 'type' | 'schemaVersion' | 'occurredAt'> & {
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
