import type { IncomingMessage } from 'node:http'
import type { ConnectionReference, HitList } from '../hit-list.ts'
import { createNamedList } from '../named-list.ts'
import { parse } from '../parse.ts'
import { httpFaultSchema, type HttpFault, type HttpFaultRequest } from './http-fault.ts'
import { placeFault, planFor, type PlacedFault, type Plan } from './plan.ts'

/** The HTTP faults of a proxy, in the order in which they are asked. */
export type FaultList = {
  all(): readonly HttpFault[]
  /** @throws ProxyProblem 404 */
  find(name: string): HttpFault
  /** @throws ProxyProblem 400 or 409; nothing is added then */
  add(asked: HttpFaultRequest): HttpFault
  /** Fields that are left out stay as they are; its requests are counted anew. @throws ProxyProblem */
  change(name: string, asked: Record<string, unknown>): HttpFault
  /** @throws ProxyProblem 404 */
  remove(name: string): void
  clear(): void
  plan(request: IncomingMessage, connection: ConnectionReference): Plan
}

export type FaultListOptions = { seed: number; hits: HitList; onFirst(): void }

const mostFaults = 64

export function createFaultList({ seed, hits, onFirst }: FaultListOptions): FaultList {
  const list = createNamedList<PlacedFault & { name: string }>('fault', mostFaults)
  const place = (fault: HttpFault) => ({ ...placeFault(fault, seed, hits), name: fault.name })
  return {
    all: () => list.all().map(({ fault }) => fault),
    find: (name) => list.find(name).fault,
    add: (asked) => {
      const parsed = parse(httpFaultSchema, asked)
      const { fault } = list.add(place({ ...parsed, name: parsed.name ?? parsed.type }))
      onFirst()
      return fault
    },
    change: (name, asked) => {
      const old = list.find(name).fault
      const { name: _, type: __, attributes, ...rest } = asked
      const changed = parse(httpFaultSchema, {
        ...old,
        ...rest,
        attributes: isRecord(attributes) ? { ...old.attributes, ...attributes } : old.attributes,
      })
      return list.replace(place({ ...changed, name })).fault
    },
    remove: list.remove,
    clear: list.clear,
    plan: (request, connection) => planFor(list.all(), request, connection),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
