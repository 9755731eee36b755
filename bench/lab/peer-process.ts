import { createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * A server in a process of its own. What a client sends first says what it gets: `echo` all that it
 * sends from then on, or so many bytes (`send 1000`) and the end.
 */
const chunk = Buffer.alloc(64 * 1024)

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  socket.once('data', (bytes) => {
    const [word, count] = String(bytes).trim().split(' ')
    if (word === 'echo') {
      socket.write('ready')
      socket.pipe(socket)
    } else send(socket, Number(count))
  })
})

function send(socket: Socket, bytes: number): void {
  let left = bytes
  const more = (): void => {
    while (left > 0) {
      const part = chunk.subarray(0, left)
      left -= part.length
      if (!socket.write(part)) return void socket.once('drain', more)
    }
    socket.end()
  }
  more()
}

server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.once('disconnect', () => process.exit())
