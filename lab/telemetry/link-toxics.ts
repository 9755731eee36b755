import type { TelemetryAttributes, TelemetrySpan } from '../api-types.ts'

/**
 * Links every request to the toxics that were on its connection while it was under way. A proxy of TCP sees no
 * trace: what tells is the connection, which both ends name with the sides exchanged, and the time.
 */
export function linkToxics(
  spans: readonly TelemetrySpan[],
  toxics: readonly TelemetrySpan[],
): TelemetrySpan[] {
  const byConnection = Map.groupBy(toxics, ({ attributes }) => connectionOf(attributes, 'peer'))
  return spans.map((span) => {
    if (span.kind !== 'client') return span
    const onConnection = byConnection.get(connectionOf(span.attributes, 'local')) ?? []
    const links = onConnection.filter((toxic) => overlap(span, toxic)).map(linkTo)
    return links.length === 0 ? span : { ...span, links: [...span.links, ...links] }
  })
}

/** Both address pairs, that of the client first: it is local to the client and the peer of the proxy. */
function connectionOf(attributes: TelemetryAttributes, client: 'local' | 'peer'): string {
  const end = (side: string) => [
    attributes[`network.${side}.address`],
    attributes[`network.${side}.port`],
  ]
  return JSON.stringify([end(client), end(client === 'local' ? 'peer' : 'local')])
}

function overlap(one: TelemetrySpan, other: TelemetrySpan): boolean {
  const endOf = ({ startedUs, durationUs }: TelemetrySpan) => startedUs + durationUs
  return one.startedUs <= endOf(other) && other.startedUs <= endOf(one)
}

function linkTo({ traceId, spanId, attributes }: TelemetrySpan): TelemetrySpan['links'][number] {
  const told = Object.entries(attributes).filter(([name]) => name.startsWith('lab.'))
  return { traceId, spanId, attributes: Object.fromEntries(told) }
}
