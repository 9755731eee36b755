import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'

export type ServerSentEvent = {
  /** Comes back as `Last-Event-ID` when the browser reconnects. */
  id?: string
  event?: string
  /** Sent as JSON. */
  data: unknown
}

/** Events, or what makes them when told until when: the signal is aborted once nobody listens any more. */
export type EventSourceOf =
  AsyncIterable<ServerSentEvent> | ((listening: AbortSignal) => AsyncIterable<ServerSentEvent>)

/**
 * Answers with server-sent events until the source ends, the listener goes or the server closes; the source is
 * ended in every case. A slow listener slows the source: nothing is queued for it. Resolves when it is over.
 *
 * A generator that waits for its next event can't be ended from outside while it waits: hand in a function,
 * and wait with the signal that it gets.
 */
export async function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  source: EventSourceOf,
  { heartbeatMs = 15_000 }: { heartbeatMs?: number } = {},
): Promise<void> {
  const over = new AbortController()
  const listening = AbortSignal.any([over.signal, request.server.closing])
  const events = typeof source === 'function' ? source(listening) : source
  reply.hijack()
  const response = reply.raw
  response.once('close', () => over.abort())
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value)
  }
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  // Comments keep the connection from being taken for dead by what lies between, and find out that it is.
  const heartbeat = setInterval(() => beat(response), heartbeatMs)
  beat(response)
  try {
    await pipeline(
      Readable.from(frames(events), { objectMode: true, highWaterMark: 1 }),
      response,
      {
        signal: listening,
      },
    )
  } catch (error) {
    if (!listening.aborted) request.log.error({ err: error }, 'the source of events failed')
  } finally {
    clearInterval(heartbeat)
    over.abort()
    response.destroy()
  }
}

function beat(response: ServerResponse): void {
  if (!response.writableNeedDrain) response.write(':\n\n')
}

async function* frames(events: AsyncIterable<ServerSentEvent>): AsyncGenerator<string> {
  for await (const { id, event, data } of events) {
    // JSON has no line breaks, an id or a name must not have one: it would begin another field.
    const head = [
      id === undefined ? '' : `id: ${oneLine(id)}\n`,
      event === undefined ? '' : `event: ${oneLine(event)}\n`,
    ].join('')
    yield `${head}data: ${JSON.stringify(data)}\n\n`
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]/g, ' ')
}
