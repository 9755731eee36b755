import type { Socket } from 'node:net'
import type { Attributes } from '@opentelemetry/api'

type Ends = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>

/**
 * A connection in OpenTelemetry's words, as this socket sees it: what is local to one end is the peer of the other
 * (https://opentelemetry.io/docs/specs/semconv/registry/attributes/network/).
 */
export function endsOfConnection(socket: Ends): Attributes {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket
  return {
    'network.local.address': localAddress,
    'network.local.port': localPort,
    'network.peer.address': remoteAddress,
    'network.peer.port': remotePort,
  }
}
