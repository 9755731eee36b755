import { createDatabase } from '@pet/postgres/database'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { connect } from '@pet/postgres/connection'
import { migrate } from '@pet/postgres/migrate'
import { startServer, type Server } from '@pet/postgres/server'
import { setTimeout as delay } from 'node:timers/promises'
import { ledgerMigrations } from '../migrations.ts'
import { fixedAddress } from './fixed-address.ts'
import type { Answer } from './node.ts'
import { startNode, type NodeProcess, type Question } from './node-process.ts'
import { nodes, type Plan } from './plan.ts'
import { digestTables } from './stream-digest.ts'

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

async function processesOf(url: string, which = 'true'): Promise<number[]> {
  await using connection = await connect(url)
  const { rows } = await connection.client.query<{ pid: number }>(
    `select pid from pg_stat_activity where pid <> pg_backend_pid() and ${which}`,
  )
  return rows.map(({ pid }) => pid)
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

/** A log on a crash server, and the nodes that work on it. */
export interface CrashSite extends AsyncDisposable {
  ownerUrl: string
  ask(node: 0 | 1, question: Question): Promise<Answer>
  /** Returns when what was killed is there again. */
  crash(crash: Plan['crashes'][number]): Promise<void>
}

export async function openCrashSite(server: CrashServer, database: string): Promise<CrashSite> {
  const ownerUrl = await createDatabase(server.urlOf('postgres'), database)
  const { url } = await ensureApplicationRole(ownerUrl)
  await migrate(ownerUrl, [ledgerMigrations])
  {
    await using owner = await connect(ownerUrl)
    await owner.client.query(digestTables)
    await owner.client.query('checkpoint') // a server that is not durable may lose events, not this
  }
  const running: NodeProcess[] = await Promise.all(nodes.map(() => startNode(url)))
  const restart = async (node: 0 | 1) => void (running[node] = await startNode(url))

  return {
    ownerUrl,
    ask: async (node, question) => running[node]!.ask(question),
    async crash({ victim, node }) {
      switch (victim) {
        case 'node':
          await running[node]!.kill()
          return restart(node)
        case 'server':
          return server.crash()
        case 'session':
          return server.crashSession()
        case 'everything':
          await server.crash(async () => {
            await Promise.all(running.map((one) => one.kill()))
          })
          await Promise.all(nodes.map(restart))
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(running.map((one) => one.kill()))
    },
  }
}
