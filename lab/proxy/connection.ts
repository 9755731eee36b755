import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createLink, type Budget, type Link } from './link.ts'
import { streams, type Stream, type Toxic } from './toxic.ts'

/** How long a connection that is closed may take until the other side has closed too. */
const lingerMs = 2_000

export type ConnectionOptions = {
  client: Socket
  /** The server's socket, or what stands before it. */
  server: Duplex
  budget: Budget
  drawFor(toxic: Toxic): () => number
}

/** A client's connection and the one to the server, tied together. */
export type Connection = {
  start(): void
  setToxics(toxics: readonly Toxic[]): void
  /** Ends it as a close does. */
  close(): void
  /** Ends it as a crash does. */
  reset(): void
}

/**
 * Ties two sockets together. Either side may end its half while the other goes on; what ends one
 * before its time resets the other.
 */
export function tie({ client, server, budget, drawFor }: ConnectionOptions): Connection {
  let isOver = false

  const stop = (): void => {
    isOver = true
    for (const stream of streams) links[stream].stop()
  }
  const reset = (): void => {
    stop()
    resetStream(client)
    resetStream(server)
  }
  const close = (): void => {
    if (isOver) return
    stop()
    for (const socket of [client, server]) closeStream(socket)
  }
  const link = (from: Duplex, to: Duplex): Link =>
    createLink({ from, to, budget, drawFor, close, reset })
  const links: Record<Stream, Link> = {
    upstream: link(client, server),
    downstream: link(server, client),
  }
  let open = 2
  for (const socket of [client, server]) {
    socket.on('error', reset)
    socket.once('close', () => {
      open -= 1
      const hasEnded = socket.readableEnded && socket.writableFinished
      if (!hasEnded && !isOver) reset()
      else if (open === 0) stop()
    })
  }

  return {
    start: () => {
      links.upstream.start()
      links.downstream.start()
    },
    setToxics: (toxics) => {
      for (const stream of streams) {
        links[stream].setToxics(toxics.filter((toxic) => toxic.stream === stream))
      }
    },
    close,
    reset,
  }
}

/** Says goodbye, reads what still comes, and does not wait for ever. */
function closeStream(socket: Duplex): void {
  if (socket.destroyed) return
  socket.end()
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
}

function resetStream(socket: Duplex): void {
  if (socket.destroyed) return
  if (socket instanceof Socket) socket.resetAndDestroy()
  else socket.destroy(new Error('reset')) // without an error the other end would see a close
}
