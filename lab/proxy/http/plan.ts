import type { IncomingMessage } from 'node:http'
import { createRandom } from '../../random.ts'
import type { ConnectionReference, HitList } from '../hit-list.ts'
import { drawDelay } from './distribution.ts'
import { compileFilter, pathOf } from './filter.ts'
import type { HttpFault, HttpFaultOf } from './http-fault.ts'

/** What is to happen to one request. */
export type Plan = {
  delays: { fault: HttpFaultOf<'delay'>; delayMs: number }[]
  /** What is answered, or done, instead of the server's answer: the first fault that says so. */
  instead: HttpFaultOf<'status'> | HttpFaultOf<'drop'> | undefined
  truncate: HttpFaultOf<'truncate'> | undefined
  headers: HttpFaultOf<'header'>[]
}

/** A fault at work on a proxy, which counts the requests that its filter lets through. */
export type PlacedFault = { readonly fault: HttpFault; decide: Decide }
type Decide = (
  request: IncomingMessage,
  connection: ConnectionReference,
) => { delayMs?: number } | undefined

export const nothingPlanned: Plan = {
  delays: [],
  instead: undefined,
  truncate: undefined,
  headers: [],
}

/**
 * Puts a fault to work: the nth request that its filter lets through is hit or not by the seed alone,
 * whatever else the proxy passes on.
 */
export function placeFault(fault: HttpFault, seed: number, hits: HitList): PlacedFault {
  const concerns = compileFilter(fault.filter)
  let count = 0
  return {
    fault,
    decide: (request, connection) => {
      if (!concerns(request)) return undefined
      const id = count++
      const random = createRandom(seed, 'fault', fault.name, id)
      const hit = random.fraction() < fault.share && id < (fault.first ?? Infinity)
      const delay =
        hit && fault.type === 'delay' ? { delayMs: drawDelay(fault.attributes, random) } : {}
      const { name, type } = fault
      const reference = { id, method: request.method ?? '', path: pathOf(request.url) }
      hits.record({ name, type, hit, ...delay, connection, request: reference })
      return hit ? delay : undefined
    },
  }
}

/** Asks every fault, in their order, whether it hits this request. */
export function planFor(
  faults: readonly PlacedFault[],
  request: IncomingMessage,
  connection: ConnectionReference,
): Plan {
  if (faults.length === 0) return nothingPlanned
  const plan: Plan = { delays: [], instead: undefined, truncate: undefined, headers: [] }
  for (const { fault, decide } of faults) {
    const hit = decide(request, connection)
    if (hit) add(plan, fault, hit.delayMs ?? 0)
  }
  return plan
}

function add(plan: Plan, fault: HttpFault, delayMs: number): void {
  switch (fault.type) {
    case 'delay':
      return void plan.delays.push({ fault, delayMs })
    case 'status':
    case 'drop':
      plan.instead ??= fault
      return
    case 'truncate':
      plan.truncate ??= fault
      return
    case 'header':
      return void plan.headers.push(fault)
  }
}
