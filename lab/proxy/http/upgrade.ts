import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Both sides speak something else from now on, as WebSocket: their bytes are passed on as they are. */
export function passUpgrade(
  { answer, socket, head }: { answer: IncomingMessage; socket: Socket; head: Buffer },
  response: ServerResponse,
  stream: Duplex,
): void {
  response.detachSocket(stream as Socket) // which it was given as one (see gateway.ts)
  stream.write(headOf(answer))
  if (head.length > 0) socket.unshift(head)
  socket.setNoDelay(true)
  for (const [one, other] of [
    [stream, socket],
    [socket, stream],
  ] as const) {
    one.pipe(other)
    one.on('error', () => other.destroy())
    one.once('close', () => {
      if (!one.readableEnded) other.destroy()
    })
  }
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}\r\n`] : [],
  )
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}\r\n`
}
