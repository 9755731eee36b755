import { startServer } from '../server.ts'

/** A process of its own that starts a server, says so, and then only waits to be killed. */
const server = await startServer({ folder: process.argv[2] ?? '', durable: false })
process.send?.({ pid: server.pid, url: server.url })
process.once('disconnect', () => void server.stop())
