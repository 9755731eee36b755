import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { createDatabase } from '@pet/postgres/database'
import { migrate } from '@pet/postgres/migrate'
import { usingPool } from '@pet/postgres/pool'
import { startServer } from '@pet/postgres/server'
import { expect, test } from 'vitest'
import { createLedger } from './ledger.ts'
import { ledgerMigrations } from './migrations.ts'
import { note } from './testing.ts'

const rounds = 3
const perRound = 30

/** An address that stays while the server behind it goes away and comes back at another port. */
async function stableAddress(): Promise<{ port: number; to: { port: number } } & AsyncDisposable> {
  const to = { port: 0 }
  const forwarder = createServer((socket) => {
    const upstream = connect(to.port, '127.0.0.1')
    socket.pipe(upstream).pipe(socket)
    for (const [end, other] of [[socket, upstream] as const, [upstream, socket] as const]) {
      end.on('error', () => other.destroy())
      end.on('close', () => other.destroy())
    }
  })
  forwarder.listen(0, '127.0.0.1')
  await once(forwarder, 'listening')
  return {
    port: (forwarder.address() as AddressInfo).port,
    to,
    [Symbol.asyncDispose]: async () => void forwarder.close(),
  }
}

test(
  'a subscription outlives a killed server, and brings each event once, in order',
  { timeout: 120_000 },
  async () => {
    await using resources = new AsyncDisposableStack()
    const home = await mkdtemp(join(tmpdir(), 'pet-restart-'))
    resources.defer(() => rm(home, { recursive: true, force: true }))
    // Durable: what was acknowledged must still be there after the kill.
    const start = () => startServer({ folder: join(home, 'postgres') })
    let server = await start()
    resources.defer(() => server.stop())
    const ownerUrl = await createDatabase(server.url, 'restart')
    await migrate(ownerUrl, [ledgerMigrations])
    const { url } = await ensureApplicationRole(ownerUrl)

    const address = resources.use(await stableAddress())
    address.to.port = Number(new URL(server.url).port)
    const throughIt = new URL(url)
    throughIt.port = String(address.port)
    const { pool } = resources.use(usingPool(throughIt.href, { connectTimeoutMs: 2_000 }))
    const ledger = createLedger({ pool })

    const over = new AbortController()
    resources.defer(() => over.abort())
    const { signal } = over
    const seen: number[] = []
    const reading = (async () => {
      for await (const { position } of ledger.subscribe({ signal, pollMs: 200, pageSize: 4 })) {
        seen.push(position)
        await delay(1)
        if (seen.length === rounds * perRound) return
      }
    })()

    for (let round = 0; round < rounds; round += 1) {
      const commands = Array.from({ length: perRound }, (_, index) => note(`s${round}-${index}`))
      const acknowledged = commands.map((command) => appendForSure(command))
      await delay(5 * round)
      process.kill(server.pid, 'SIGKILL')
      await server.stop() // it is dead; the folder's lock goes with it
      server = await start()
      address.to.port = Number(new URL(server.url).port)
      await Promise.all(acknowledged)
    }
    await reading
    expect(seen).toEqual(Array.from({ length: rounds * perRound }, (_, index) => index + 1))

    /** What a client does that lost the connection: the same command again, until it is answered. */
    async function appendForSure(command: ReturnType<typeof note>): Promise<void> {
      for (;;) {
        const outcome = await ledger.append(command).catch(() => undefined)
        if (outcome) return
        await delay(50)
      }
    }
  },
)
