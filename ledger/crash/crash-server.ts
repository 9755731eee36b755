import { connect } from '@pet/postgres/connection'
import { startServer, type Server } from '@pet/postgres/server'
import { setTimeout as delay } from 'node:timers/promises'
import { fixedAddress } from './fixed-address.ts'

/** A server that may be killed, and its address, which stays. */
export interface CrashServer extends AsyncDisposable {
  urlOf(database: string): string
  /** Kills all of it at once and starts it again on the same folder. `atThatMoment` is killed with it. */
  crash(atThatMoment?: () => Promise<void>): Promise<void>
  /** Kills one of the processes that serve sessions. */
  crashSession(): Promise<void>
}

const recoveryPatienceMs = 60_000

/** @param settings of PostgreSQL; without any it is as durable as it is for good data. */
export async function startCrashServer(
  folder: string,
  settings: Record<string, string> = {},
): Promise<CrashServer> {
  await using resources = new AsyncDisposableStack()
  const address = resources.use(await fixedAddress())
  let server: Server = await startServer({ folder, settings })
  resources.defer(() => server.stop())
  const urlOf = (database: string): string => {
    const url = new URL(server.urlOf(database))
    url.port = String(address.port)
    return url.href
  }
  address.leadTo(Number(new URL(server.url).port))
  const kept = resources.move()

  return {
    urlOf,
    async crash(atThatMoment) {
      const processes = await processesOf(server.url)
      const others = atThatMoment?.()
      for (const pid of [server.pid, ...processes]) kill(pid)
      await Promise.all([others, server.exited])
      await server.stop() // gives the folder free
      server = await startServer({ folder, settings })
      address.leadTo(Number(new URL(server.url).port))
    },
    async crashSession() {
      const [pid] = await processesOf(server.url, `usename = 'pet' order by state = 'active' desc`)
      if (pid !== undefined) kill(pid)
      await untilAnswers(server.url)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** None while the server does not answer because it recovers: a moment to be killed at, too. */
async function processesOf(url: string, which = 'true'): Promise<number[]> {
  try {
    await using connection = await connect(url)
    const { rows } = await connection.client.query<{ pid: number }>(
      `select pid from pg_stat_activity where pid <> pg_backend_pid() and ${which}`,
    )
    return rows.map(({ pid }) => pid)
  } catch {
    return []
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself since it was listed.
  }
}

async function untilAnswers(url: string): Promise<void> {
  const deadline = Date.now() + recoveryPatienceMs
  for (;;) {
    try {
      await using _connection = await connect(url)
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await delay(20)
    }
  }
}
