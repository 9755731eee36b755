import { createDatabase } from '@pet/postgres/database'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { connect } from '@pet/postgres/connection'
import { migrate } from '@pet/postgres/migrate'
import { ledgerMigrations } from '../migrations.ts'
import type { CrashServer } from './crash-server.ts'
import type { Answer, Question } from './node.ts'
import { startNode, type NodeProcess } from './node-process.ts'
import { nodes, type Plan } from './plan.ts'
import { digestTables } from './stream-digest.ts'

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
