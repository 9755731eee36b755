import type { Socket } from 'node:net'
import { trace, type Span } from '@opentelemetry/api'
import { endsOfConnection } from '../telemetry/connection-ends.ts'
import type { ConnectionReference } from './hit-list.ts'
import type { Toxic } from './toxic.ts'

/** Whom a toxic hit: the client's socket, by which a request on it is linked to the toxic. */
export type HitConnection = {
  proxy: string
  client: Socket
  reference: ConnectionReference
  /** What was drawn for its first bytes. */
  delayMs?: number
}

/**
 * A toxic on one connection, as a span: from when it hit until it is taken off or the connection has ended. TCP knows
 * no trace: requests are linked to it by connection and time. Where no telemetry is set up it is nothing.
 */
export function startToxicSpan(toxic: Toxic, hit: HitConnection): Span {
  const { proxy, client, reference, delayMs } = hit
  return trace.getTracer('lab/proxy').startSpan(`toxic: ${toxic.name}`, {
    attributes: {
      'lab.proxy': proxy,
      'lab.toxic': toxic.name,
      'lab.toxic.type': toxic.type,
      'lab.toxic.stream': toxic.stream,
      'lab.connection': reference.id,
      ...(delayMs !== undefined && { 'lab.delay_ms': delayMs }),
      ...endsOfConnection(client),
    },
  })
}

/** Ends it, with where the connection led, which was not known at first. */
export function endToxicSpan(span: Span, { upstream }: ConnectionReference): void {
  if (upstream) {
    span.setAttributes({
      'lab.upstream.local': upstream.local,
      'lab.upstream.peer': upstream.remote,
    })
  }
  span.end()
}
