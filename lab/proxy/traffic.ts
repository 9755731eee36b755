import { connect, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Span } from '@opentelemetry/api'
import { formatAddress, type Address } from './address.ts'
import { tie, type Connection } from './connection.ts'
import type { Decisions } from './decisions.ts'
import type { ConnectionReference } from './hit-list.ts'
import type { Gateway } from './http/gateway.ts'
import type { Budget } from './link.ts'
import { socketOptions } from './listener.ts'
import { endToxicSpan, startToxicSpan } from './toxic-span.ts'
import type { Stream, Toxic } from './toxic.ts'

/** Where new connections lead: to the server itself, or through what understands HTTP. */
export type Route = { upstream: Address; gateway: Gateway | undefined }

/** Bytes that came from one side, and that went to the other. */
export type Bytes = Record<Stream, { received: number; sent: number }>

/** The open connections of a proxy, and the toxics that hit them. */
export type Traffic = {
  accept(client: Socket, route: Route): void
  /** Decides whom this toxic hits, among the open connections too. */
  decide(toxic: Toxic): void
  /** Lets exactly these act from now on, each on those that it hits. */
  apply(toxics: readonly Toxic[]): void
  /** Ends every connection, as a close or as a crash does. */
  drop(how: 'close' | 'reset'): void
  open(): number
  bytes(): Bytes
}

type Open = {
  reference: ConnectionReference
  client: Socket
  server: Duplex
  connection: Connection
  isStarted: boolean
  /** The toxics that hit it, by name, each with its span. */
  hitBy: Map<string, Span>
}

/** In all toxics of a proxy; beyond it each direction holds no more than 64 KiB for each toxic. */
const mostHeldBytes = 256 * 1024 * 1024

export type TrafficOptions = { proxy: string; decisions: Decisions; connectTimeoutMs: number }

export function createTraffic({ proxy, decisions, connectTimeoutMs }: TrafficOptions): Traffic {
  const all = new Set<Open>()
  const budget: Budget = { heldBytes: 0, mostBytes: mostHeldBytes }
  const past = { upstream: { received: 0, sent: 0 }, downstream: { received: 0, sent: 0 } }
  let toxics: readonly Toxic[] = []
  let accepted = 0

  const decideFor = (toxic: Toxic, open: Open): void => {
    takeOff(toxic.name, open)
    const { hitBy, reference, client } = open
    const { hit, delayMs } = decisions.decide(toxic, reference)
    const delay = delayMs === undefined ? {} : { delayMs }
    if (hit) hitBy.set(toxic.name, startToxicSpan(toxic, { proxy, client, reference, ...delay }))
  }
  const applyTo = ({ connection, isStarted, hitBy }: Open): void => {
    if (isStarted) connection.setToxics(toxics.filter(({ name }) => hitBy.has(name)))
  }
  return {
    accept: (client, { upstream, gateway }) => {
      const reference = referenceTo(client, accepted++)
      const server = gateway?.connect(reference) ?? connect({ ...upstream, ...socketOptions })
      const drawFor = (toxic: Toxic) => decisions.drawFor(toxic, reference)
      const connection = tie({ client, server, budget, drawFor })
      const open: Open = {
        ...{ reference, client, server, connection },
        ...{ isStarted: false, hitBy: new Map() },
      }
      all.add(open)
      client.once('close', () => {
        reference.closedAt = Date.now()
        for (const name of open.hitBy.keys()) takeOff(name, open)
        addBytes(past, open)
        all.delete(open)
      })
      for (const toxic of toxics) decideFor(toxic, open)
      const start = (): void => {
        open.isStarted = true
        connection.start()
        applyTo(open)
      }
      if (!(server instanceof Socket)) return start()
      server.setTimeout(connectTimeoutMs, connection.reset)
      server.once('connect', () => {
        server.setTimeout(0)
        reference.upstream = endsOf(server)
        start()
      })
    },
    decide: (toxic) => {
      for (const open of all) decideFor(toxic, open)
    },
    apply: (changed) => {
      toxics = changed
      for (const open of all) {
        for (const name of open.hitBy.keys()) {
          if (!toxics.some((toxic) => toxic.name === name)) takeOff(name, open)
        }
        applyTo(open)
      }
    },
    drop: (how) => {
      for (const { client, server, connection } of all) {
        if (how === 'reset') connection.reset()
        client.destroy()
        server.destroy()
      }
    },
    open: () => all.size,
    bytes: () => {
      const bytes = structuredClone(past)
      for (const open of all) addBytes(bytes, open)
      return bytes
    },
  }
}

function takeOff(name: string, { hitBy, reference }: Open): void {
  const span = hitBy.get(name)
  hitBy.delete(name)
  if (span) endToxicSpan(span, reference)
}

function referenceTo(client: Socket, id: number): ConnectionReference {
  return { id, client: endsOf(client), openedAt: Date.now() }
}

function endsOf(socket: Socket): { remote: string; local: string } {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket
  return {
    remote: formatAddress({ host: remoteAddress, port: remotePort }),
    local: formatAddress({ host: localAddress, port: localPort }),
  }
}

/** What understands HTTP keeps no count of what goes to the server: there both ends are the client's. */
function addBytes({ upstream, downstream }: Bytes, { client, server }: Open): void {
  upstream.received += client.bytesRead
  upstream.sent += server instanceof Socket ? server.bytesWritten : client.bytesRead
  downstream.received += server instanceof Socket ? server.bytesRead : client.bytesWritten
  downstream.sent += client.bytesWritten
}
