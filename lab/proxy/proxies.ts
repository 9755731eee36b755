import { z } from 'zod'
import { formatAddress, parseAddress } from './address.ts'
import { createNamedList } from './named-list.ts'
import { oneAfterTheOther } from './one-after-the-other.ts'
import { parse } from './parse.ts'
import { startProxy, type Proxy } from './proxy.ts'
import { ProxyProblem } from './proxy-problem.ts'
import { nameSchema } from './toxic.ts'

const address = z.string().max(300)

/** A proxy as it is asked for. Clients send back what they were sent: what is not theirs to say is passed over. */
const proxySchema = z.strictObject({
  name: nameSchema,
  listen: address.default('127.0.0.1:0'),
  upstream: address.min(1, 'expected host:port'),
  enabled: z.boolean().default(true),
  protocol: z.enum(['tcp', 'http']).default('tcp'),
  toxics: z.unknown().optional(),
  seed: z.unknown().optional(),
  faults: z.unknown().optional(),
  connections: z.unknown().optional(),
})

const changeSchema = proxySchema
  .extend({ listen: address, upstream: address, enabled: z.boolean(), name: z.unknown() })
  .partial()

const mostProxies = 256
const populateSchema = z.array(proxySchema).max(mostProxies)

type ProxyRequest = z.output<typeof proxySchema>

/** Proxies by name. Names, addresses and limits are checked before anything happens. */
export type Proxies = AsyncDisposable & {
  all(): readonly Proxy[]
  /** @throws ProxyProblem 404 */
  find(name: string): Proxy
  /** @throws ProxyProblem 400 or 409; there is no proxy then */
  create(asked: unknown): Promise<Proxy>
  /** @throws ProxyProblem 400, 404 or 409; nothing is changed then */
  change(name: string, asked: unknown): Promise<Proxy>
  /** @throws ProxyProblem 404 */
  remove(name: string): Promise<void>
  /**
   * Creates a list of proxies. One that is there already with the same addresses stays, with its
   * toxics; one with others moves there, without them. If one can't be made, nothing has changed.
   */
  populate(asked: unknown): Promise<Proxy[]>
  /** Enables all, and removes every toxic and fault. */
  reset(): Promise<void>
}

export function createProxies({ seed }: { seed: number }): Proxies {
  const list = createNamedList<Proxy>('proxy', mostProxies)
  const serially = oneAfterTheOther()

  const start = async (asked: ProxyRequest): Promise<Proxy> => {
    const { name, listen, upstream, enabled, protocol } = asked
    if (list.all().some((proxy) => proxy.name === name)) {
      throw new ProxyProblem(409, `proxy already exists: "${name}"`)
    }
    const proxy = await startProxy({ name, listen, upstream, enabled, protocol, seed })
    try {
      return list.add(proxy)
    } catch (error) {
      await proxy[Symbol.asyncDispose]()
      throw error
    }
  }
  const remove = async (name: string): Promise<void> => {
    const proxy = list.find(name)
    list.remove(name)
    await proxy[Symbol.asyncDispose]()
  }
  return {
    all: list.all,
    find: list.find,
    create: (asked) => serially(async () => start(parse(proxySchema, asked))),
    change: async (name, asked) => {
      const { listen, upstream, enabled } = parse(changeSchema, asked)
      const proxy = list.find(name)
      await proxy.change({
        ...(listen !== undefined && { listen }),
        ...(upstream !== undefined && { upstream }),
        ...(enabled !== undefined && { enabled }),
      })
      return proxy
    },
    remove: (name) => serially(() => remove(name)),
    populate: (asked) => serially(() => populate(parseList(asked), { list, start, remove })),
    reset: () =>
      serially(async () => {
        for (const proxy of list.all()) await proxy.reset()
      }),
    [Symbol.asyncDispose]: () =>
      serially(async () => {
        for (const { name } of list.all()) await remove(name)
      }),
  }
}

function parseList(asked: unknown): ProxyRequest[] {
  const requests = parse(populateSchema, asked)
  requests.forEach(({ name, listen, upstream }, index) => {
    parseAddress('listen', listen)
    parseAddress('upstream', upstream)
    if (requests.findIndex((other) => other.name === name) !== index) {
      throw new ProxyProblem(400, `bad request body: ${index}.name: "${name}" is there twice`)
    }
  })
  return requests
}

async function populate(
  requests: readonly ProxyRequest[],
  steps: {
    list: { all(): readonly Proxy[] }
    start(asked: ProxyRequest): Promise<Proxy>
    remove(name: string): Promise<void>
  },
): Promise<Proxy[]> {
  const takeBack: (() => Promise<void>)[] = []
  const replaced: Proxy[] = []
  const proxies: Proxy[] = []
  try {
    for (const asked of requests) {
      const old = steps.list.all().find(({ name }) => name === asked.name)
      if (!old) {
        proxies.push(await steps.start(asked))
        takeBack.push(() => steps.remove(asked.name))
        continue
      }
      const { listen, upstream, enabled } = old.describe()
      const isAsAsked = hasAddresses(old, asked)
      await old.change(isAsAsked ? { enabled: asked.enabled } : addressesOf(asked))
      takeBack.push(() => old.change({ listen, upstream, enabled }))
      if (!isAsAsked) replaced.push(old)
      proxies.push(old)
    }
  } catch (error) {
    for (const undo of takeBack.reverse()) await undo()
    throw error
  }
  for (const { toxics, faults } of replaced) {
    toxics.clear()
    faults.clear()
  }
  return proxies
}

function addressesOf({ listen, upstream, enabled }: ProxyRequest) {
  return { listen, upstream, enabled }
}

function hasAddresses(proxy: Proxy, asked: ProxyRequest): boolean {
  const wanted = parseAddress('listen', asked.listen)
  const listens = wanted.port === 0 || formatAddress(wanted) === formatAddress(proxy.address)
  const upstream = formatAddress(parseAddress('upstream', asked.upstream))
  return listens && upstream === proxy.describe().upstream
}
