import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The least that a subject can do: answers every request at once. Tells its parent its port. */
const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json')
  response.end('{"ok":true}')
})
server.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  process.send?.((server.address() as AddressInfo).port)
})
process.once('disconnect', () => process.exit())
