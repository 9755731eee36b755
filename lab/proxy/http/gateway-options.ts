import type { IncomingMessage } from 'node:http'
import type { Address } from '../address.ts'
import type { ConnectionReference } from '../hit-list.ts'
import type { Plan } from './plan.ts'

export type GatewayOptions = {
  /** The proxy's name. */
  name: string
  upstream: Address
  plan(request: IncomingMessage, connection: ConnectionReference): Plan
}
