import { formatAddress, parseAddress, type Address } from './address.ts'
import { createDecisions } from './decisions.ts'
import type { HitListReport } from './hit-list.ts'
import { createFaultList, type FaultList } from './http/fault-list.ts'
import { createGateway, type Gateway } from './http/gateway.ts'
import { listen, type Listener } from './listener.ts'
import { oneAfterTheOther } from './one-after-the-other.ts'
import { createToxicList, type ToxicList } from './toxic-list.ts'
import type { Toxic } from './toxic.ts'
import { createTraffic, type Bytes } from './traffic.ts'

export type Protocol = 'tcp' | 'http'

export type ProxyOptions = {
  /** @default proxy */
  name?: string
  /** `host:port`; port 0 takes any free one. @default 127.0.0.1:0 */
  listen?: string
  /** `host:port` of the server. It need not be there yet. */
  upstream: string
  /** @default true */
  enabled?: boolean
  /** Whether it understands what it passes on; it does from its first HTTP fault on. @default tcp */
  protocol?: Protocol
  /** The same seed hits the same connections and requests. @default 0 */
  seed?: number
  /** At once; more are refused. @default 4096 */
  mostConnections?: number
  /** How long the server may take to accept. @default 10_000 */
  connectTimeoutMs?: number
}

/** A proxy as its API shows it: Toxiproxy's fields, and ours. */
export type ProxyDescription = {
  name: string
  listen: string
  upstream: string
  enabled: boolean
  toxics: readonly Toxic[]
  protocol: Protocol
  seed: number
  faults: ReturnType<FaultList['all']>
  connections: number
}

export type ProxyChange = { listen?: string; upstream?: string; enabled?: boolean }

/** Passes TCP connections on, and does to them what its toxics say. Its end resets them all. */
export type Proxy = AsyncDisposable & {
  readonly name: string
  /** Where it listens, or would if it were enabled. */
  readonly address: Address
  readonly toxics: ToxicList
  readonly faults: FaultList
  describe(): ProxyDescription
  /** Other addresses close every connection; one that can't be listened on changes nothing. */
  change(change: ProxyChange): Promise<void>
  /** Enables it, and removes every toxic and fault. */
  reset(): Promise<void>
  hits(): HitListReport
  connections(): number
  bytes(): Bytes
}

/**
 * Listens, and passes every connection on, byte for byte.
 *
 * @throws ProxyProblem that names what is wrong with an address
 * @example
 * await using proxy = await startProxy({ upstream: '127.0.0.1:5432', seed: 7 })
 * proxy.toxics.add({ type: 'latency', attributes: { latency: 40 } })
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const { name = 'proxy', seed = 0, mostConnections = 4_096, connectTimeoutMs = 10_000 } = options
  const decisions = createDecisions(seed)
  const traffic = createTraffic({ proxy: name, decisions, connectTimeoutMs })
  const serially = oneAfterTheOther()
  let address = parseAddress('listen', options.listen ?? '127.0.0.1:0')
  let upstream = parseAddress('upstream', options.upstream)
  let listener: Listener | undefined
  let gateway: Gateway | undefined

  const toxics = createToxicList({ decide: traffic.decide, apply: traffic.apply })
  const faults = createFaultList({ seed, hits: decisions.hits, onFirst: () => speakHttp() })

  const openListener = (at: Address): Promise<Listener> =>
    listen({
      address: at,
      mostConnections,
      onConnection: (client) => traffic.accept(client, { upstream, gateway }),
    })
  const createHttp = (): Gateway => createGateway({ name, upstream, plan: faults.plan })
  const speakHttp = (): void => {
    if (gateway) return
    gateway = createHttp()
    traffic.drop('close') // what came so far is not understood, and would not be hit
  }
  const enable = async (at: Address): Promise<void> => {
    listener = await openListener(at)
    address = listener.address
  }
  const disable = async (how: 'close' | 'reset' = 'close'): Promise<void> => {
    const closed = listener?.close()
    listener = undefined
    traffic.drop(how)
    await closed
  }
  const change = async (asked: ProxyChange): Promise<void> => {
    const to = asked.listen === undefined ? address : parseAddress('listen', asked.listen)
    const server =
      asked.upstream === undefined ? upstream : parseAddress('upstream', asked.upstream)
    const isEnabled = asked.enabled ?? listener !== undefined
    const moves = formatAddress(to) !== formatAddress(address)
    const leadsElsewhere = formatAddress(server) !== formatAddress(upstream)
    if (moves && isEnabled) {
      const other = await openListener(to) // first of all: where this fails, nothing has happened
      await disable()
      listener = other
      address = other.address
    } else if (isEnabled && !listener) await enable(to)
    else if (!isEnabled) await disable()
    if (!isEnabled) address = to
    if (!leadsElsewhere) return
    upstream = server
    gateway &&= createHttp()
    traffic.drop('close')
  }

  if (options.protocol === 'http') gateway = createHttp()
  if (options.enabled ?? true) await enable(address)
  return {
    name,
    get address() {
      return address
    },
    toxics,
    faults,
    describe: () => ({
      name,
      listen: formatAddress(address),
      upstream: formatAddress(upstream),
      enabled: listener !== undefined,
      toxics: toxics.all(),
      protocol: gateway ? 'http' : 'tcp',
      seed,
      faults: faults.all(),
      connections: traffic.open(),
    }),
    change: (asked) => serially(() => change(asked)),
    reset: () =>
      serially(async () => {
        toxics.clear()
        faults.clear()
        await change({ enabled: true })
      }),
    hits: decisions.hits.report,
    connections: traffic.open,
    bytes: traffic.bytes,
    [Symbol.asyncDispose]: () => serially(() => disable('reset')),
  }
}
