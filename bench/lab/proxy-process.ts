import { startProxyServer } from '@pet/lab/proxy-server'

/** The proxy in a process of its own, told what to do by its API. It tells how much time it has used. */
const server = await startProxyServer({ port: 0, seed: 7 })

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ busyMs: (user + system) / 1_000 })
})
process.send?.({ url: server.url })
process.once('disconnect', () => process.exit())
