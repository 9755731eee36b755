import { once } from 'node:events'
import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { formatAddress, type Address } from '../address.ts'
import type { ConnectionReference } from '../hit-list.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { hold } from './hold.ts'
import type { HttpFaultOf } from './http-fault.ts'
import type { Plan } from './plan.ts'
import { relay } from './relay.ts'
import { send } from './send.ts'
import { passUpgrade } from './upgrade.ts'

/** A connection of a client's, and its connection to the server. */
export type Client = {
  connection: ConnectionReference
  stream: Duplex
  agent: Agent
  /** The connection to the server, once there was need of one. */
  server: Socket | undefined
  /** How many requests are under way. */
  busy: number
}

type Asked = { request: IncomingMessage; response: ServerResponse; client: Client }
type UnderWay = Asked & { plan: Plan; gone: AbortSignal }

/** Sees one request to its end, with the faults that hit it. */
export async function exchange(options: GatewayOptions, asked: Asked): Promise<void> {
  const { request, response, client } = asked
  const leaving = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) leaving.abort()
  })
  const plan = options.plan(request, client.connection)
  const underWay = { ...asked, plan, gone: leaving.signal }
  client.busy += 1
  try {
    await holdAt('request', options.name, underWay)
    if (leaving.signal.aborted) return
    if (plan.instead && !plan.instead.attributes.afterCommit) {
      request.resume()
      answerInstead(plan.instead, underWay)
    } else await passOn(options, underWay)
  } catch (error) {
    if (!leaving.signal.aborted) fail(error, options.upstream, underWay)
  } finally {
    client.busy -= 1
    endWithServer(client)
  }
}

async function passOn({ name, upstream }: GatewayOptions, underWay: UnderWay): Promise<void> {
  const { request, response, client, plan, gone } = underWay
  const outgoing = send({ request, upstream, agent: client.agent, gone })
  outgoing.once('continue', () => response.writeContinue())
  outgoing.once('socket', (socket) => {
    if (client.server === socket) return
    client.server = socket
    socket.once('close', () => endWithServer(client))
  })
  const { answer, upgraded } = await answerOf(outgoing)
  if (upgraded) return passUpgrade({ answer, ...upgraded }, response, client.stream)
  if (plan.instead) {
    // The server has done its work once it has said all that it has to say.
    await once(answer.resume(), 'end', { signal: gone })
    return answerInstead(plan.instead, underWay)
  }
  await holdAt('response', name, underWay)
  if (!gone.aborted) await relay(answer, response, plan)
}

async function holdAt(
  at: 'request' | 'response',
  proxy: string,
  { request, client, plan, gone }: UnderWay,
): Promise<void> {
  const delays = plan.delays.filter(({ fault }) => fault.hold === at)
  for (const { fault, delayMs } of delays) {
    const { headers } = request
    const connectionId = client.connection.id
    await hold({ proxy, fault: fault.name, delayMs, headers, connectionId }, gone)
  }
}

function answerInstead(
  fault: HttpFaultOf<'status'> | HttpFaultOf<'drop'>,
  { response, client }: UnderWay,
): void {
  if (fault.type === 'drop') return void client.stream.destroy(new Error('dropped'))
  const { status, headers, body } = fault.attributes
  response.writeHead(status, headers)
  response.end(body)
}

type Answer = { answer: IncomingMessage; upgraded?: { socket: Socket; head: Buffer } }

function answerOf(outgoing: ClientRequest): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  outgoing.once('response', (answer) => resolve({ answer }))
  outgoing.once('upgrade', (answer, socket, head) =>
    resolve({ answer, upgraded: { socket, head } }),
  )
  // What fails after the answer has begun, fails there too.
  outgoing.on('error', reject)
  return promise
}

/** A server that can't be reached, or broke off, before its answer began or in the middle of it. */
function fail(error: unknown, upstream: Address, { response, client, request }: UnderWay): void {
  if (response.headersSent) return void client.stream.destroy(new Error('broken off'))
  request.resume()
  const reason = error instanceof Error ? error.message : String(error)
  const sentence = `${formatAddress(upstream)} did not answer: ${reason}`
  response.writeHead(502, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: sentence, status: 502 }))
}

/** A server that has closed its connection has closed the client's. */
function endWithServer({ busy, server, stream }: Client): void {
  if (busy === 0 && server?.destroyed && !stream.writableEnded) stream.end()
}
