import { dropDatabase } from '@pet/postgres/database'
import { usingPool } from '@pet/postgres/pool'
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Pool } from 'pg'
import { audit } from '../audit.ts'
import { startClients, type Clients } from './clients.ts'
import type { CrashServer } from './crash-server.ts'
import { openCrashSite, type CrashSite } from './crash-site.ts'
import { findFaults, type LoggedEvent } from './history.ts'
import type { Answer } from './node.ts'
import type { Plan, Victim } from './plan.ts'
import { addToDigests, readDigests, type Digests } from './stream-digest.ts'

export interface Round {
  /** A sentence for each thing that is wrong. */
  faults: string[]
  counts: RoundCounts
}

export type RoundCounts = Record<(typeof counted)[number], number>

export const counted = [
  ...(['node', 'server', 'session', 'everything'] satisfies Victim[]),
  ...(['commands', 'acknowledged', 'conflicts', 'open', 'openButThere'] as const),
  ...(['lostAnswers', 'duplicates', 'events'] as const),
] as const

const afterLastCrashMs = 200
const settlePatienceMs = 30_000

/** Clients at work on a log of their own, crashes among it; then what is in the log is held against what was answered. */
export async function playRound(
  server: CrashServer,
  { crashes, clients: plans }: Plan,
): Promise<Round> {
  const database = `round_${randomUUID().replaceAll('-', '')}`
  await using resources = new AsyncDisposableStack()
  resources.defer(() => dropDatabase(server.urlOf('postgres'), database))
  const site = resources.use(await openCrashSite(server, database))
  const clients = startClients(site, plans)
  try {
    for (const crash of crashes) {
      await delay(crash.afterMs)
      await site.crash(crash)
    }
    await delay(afterLastCrashMs)
  } finally {
    await clients.stop()
  }
  const settled = await askToSettle(site)
  const { pool } = resources.use(usingPool(site.ownerUrl))
  const log = await readAll(pool)
  return {
    faults: [
      ...clients.failures,
      ...('problem' in settled ? [`The projection: ${settled.problem}`] : []),
      ...findFaults(clients.history, log),
      ...(await findBrokenChain(pool)),
      ...(await findWrongProjections(pool, log)),
    ],
    counts: { ...countVictims(crashes), ...countCommands(clients, log) },
  }
}

async function askToSettle(site: CrashSite): Promise<Answer> {
  const deadline = Date.now() + settlePatienceMs
  for (;;) {
    const answer = await site.ask(0, { settle: true })
    if (answer.answer !== 'lost' || Date.now() > deadline) return answer
    await delay(50)
  }
}

async function readAll(pool: Pool): Promise<LoggedEvent[]> {
  const { rows } = await pool.query<LoggedEvent>(
    `select position::integer, id, stream, version::integer, command_id as "commandId", data
     from ledger.event order by position`,
  )
  return rows
}

async function findBrokenChain(pool: Pool): Promise<string[]> {
  const { ok, firstBroken } = await audit(pool)
  return ok ? [] : [`The audit finds position ${firstBroken} broken`]
}

async function findWrongProjections(pool: Pool, log: LoggedEvent[]): Promise<string[]> {
  const replayed: Digests = new Map()
  addToDigests(replayed, log)
  const tables = ['digest_inline.digest', 'digest_caught_up.digest'] as const
  const projected = await Promise.all(tables.map((table) => readDigests(pool, table)))
  return tables
    .filter((_, index) => !isDeepStrictEqual(projected[index], replayed))
    .map((table) => `${table} is not what a replay gives`)
}

function countVictims(crashes: { victim: Victim }[]) {
  const times = (victim: Victim) => crashes.filter((crash) => crash.victim === victim).length
  return {
    ...{ node: times('node'), server: times('server') },
    ...{ session: times('session'), everything: times('everything') },
  }
}

function countCommands({ history, lostAnswers }: Clients, log: LoggedEvent[]) {
  const there = new Set(log.map(({ commandId }) => commandId))
  const open = history.filter(({ outcomes }) => outcomes.length === 0)
  const outcomes = history.flatMap((asked) => asked.outcomes.map(({ outcome }) => outcome))
  const conflicts = history.filter(({ outcomes: [first] }) => first?.outcome === 'conflict').length
  return {
    commands: history.length,
    acknowledged: history.length - open.length - conflicts,
    conflicts,
    open: open.length,
    openButThere: open.filter(({ command }) => there.has(command.commandId)).length,
    lostAnswers: lostAnswers(),
    duplicates: outcomes.filter((outcome) => outcome === 'duplicate').length,
    events: log.length,
  }
}
