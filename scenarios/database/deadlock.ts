import { handleWhen, noop, retry, ExponentialBackoff } from 'cockatiel'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { Random } from '@pet/lab/random'
import { defineScenario, type ArmContext } from '@pet/lab/scenario'
import { inTransaction } from '@pet/postgres/transaction'

const parameters = z.object({
  writers: z.int().min(2).max(64).default(16).describe('Transfers under way at once'),
  transfers: z.int().min(10).max(5_000).default(300).describe('Transfers in all, per round'),
  projects: z
    .int()
    .min(2)
    .max(200)
    .default(12)
    .describe('Projects whose budgets all writers share'),
  deadlockTimeoutMs: z
    .int()
    .min(5)
    .max(2_000)
    .default(40)
    .describe('How long the server waits before it looks for a deadlock; 1 000 unless set'),
})

export default defineScenario({
  name: 'deadlock',
  category: 'database',
  title: 'Two transfers lock two budgets in opposite order',
  summary:
    'Hours move between project budgets in both directions; now and then the database kills one.',
  targets: ['database'],
  parameters,
  quick: { transfers: 120 },
  hypothesis: 'Without a lock order the server kills transfers and they go undone; with one, none.',
  metrics: {
    killed: {
      unit: '1',
      help: 'Transfers that the server killed',
      control: '= 0',
      failure: '> 0',
      remedy: '= 0',
    },
    undone: {
      unit: '1',
      help: 'Transfers never completed',
      control: '= 0',
      failure: '> 0',
      remedy: '= 0',
    },
    wrongBudgets: {
      unit: '1',
      help: 'Budgets that are not what their completed transfers add up to',
      control: '= 0',
      failure: '= 0',
      remedy: '= 0',
    },
    goodput: {
      unit: '1/s',
      help: 'Transfers completed',
      failure: '<= 0.5x control',
      remedy: '>= 0.4x control',
    },
  },
  prepare: ({ database, parameters }) => openBudgets(database, parameters),
  schedule: ({ parameters, random }) =>
    Array.from({ length: parameters.transfers }, (_, number) => ({
      number,
      minutes: random.integer(15, 480),
      ...drawMove(random, parameters.projects),
    })),
  // The server counts for itself, and hands its counts in when the sessions end.
  landed: async ({ database }) => ({
    asked: '> 0',
    measured: await database.statistic('deadlocks'),
  }),
  control: (lab) => transferAll(lab, asTheyCome, { between: disjointBudgets }),
  failure: (lab) => transferAll(lab, asTheyCome, { between: sharedBudgets }),
  remedy: (lab) => transferAll(lab, inOrderWithRetry, { between: sharedBudgets }),
  withoutDefect: (lab) => transferAll(lab, inOrder, { between: sharedBudgets }),
  lesson:
    'Look for `deadlock detected` (40P01) in the log and for pg_stat_database.deadlocks: the ' +
    'victims are few, yet every transfer behind them waits until the server looks, which it does ' +
    'only after deadlock_timeout. One order for all who lock the same rows makes the circle ' +
    'impossible; the retry is for the lock that somebody forgets to order. Where the rows are not ' +
    'known beforehand, no order can be kept: then only the retry remains, and it must be safe to repeat.',
})

type Move = { from: number; to: number }
type Transfer = Move & { number: number; minutes: number }
type Lab = ArmContext<z.output<typeof parameters>, Transfer[]>
type Way = {
  lockOrder: (move: Move) => number[]
  attempt: (transfer: () => Promise<void>) => Promise<void>
}

/** Locks the giving budget, then the receiving one. */
const asTheyCome: Way = {
  lockOrder: ({ from, to }) => [from, to],
  attempt: (transfer) => noop.execute(transfer),
}

/** Locks the budget with the lower number first, whichever way the hours go. */
const inOrder: Way = {
  ...asTheyCome,
  lockOrder: ({ from, to }) => [from, to].sort((a, b) => a - b),
}

const inOrderWithRetry: Way = {
  ...inOrder,
  attempt: (transfer) => retryKilled.execute(transfer),
}

const retryKilled = retry(handleWhen(isDeadlock), {
  maxAttempts: 5,
  backoff: new ExponentialBackoff({ initialDelay: 10, maxDelay: 200 }),
})

/** All writers move hours between the same few projects, as the schedule has it. */
const sharedBudgets = ({ from, to }: Transfer): Move => ({ from, to })

/** Each writer has two projects of its own, and hours go both ways between these. */
function disjointBudgets({ from, to }: Transfer, writer: number): Move {
  const [first, second] = [writer * 2 + 1, writer * 2 + 2]
  return from < to ? { from: first, to: second } : { from: second, to: first }
}

/** Two different projects, either of which may come first. */
function drawMove(random: Random, projects: number): Move {
  const from = random.integer(1, projects)
  const step = random.integer(1, projects - 1)
  return { from, to: ((from - 1 + step) % projects) + 1 }
}

/** Moves hours with all writers at once; the budgets themselves say afterwards what was done. */
async function transferAll(
  lab: Lab,
  way: Way,
  { between }: { between: (transfer: Transfer, writer: number) => Move },
) {
  const { writers, deadlockTimeoutMs } = lab.parameters
  await using sessions = lab.database.sessions(writers, {
    deadlock_timeout: `${deadlockTimeoutMs}`,
  })
  await openAll(sessions.pool, writers)
  const waiting = lab.schedule.values()
  const startedAt = performance.now()
  const counted = { killed: 0, completed: 0 }
  const perSecond = () => (counted.completed / (performance.now() - startedAt)) * 1_000

  const write = async (writer: number) => {
    for (const transfer of waiting) {
      lab.signal.throwIfAborted()
      const move = between(transfer, writer)
      const once = () =>
        moveHours(sessions.pool, { ...transfer, ...move, locks: way.lockOrder(move) }).catch(
          (error: unknown) => {
            if (isDeadlock(error)) counted.killed++
            throw error
          },
        )
      const completed = await way.attempt(once).then(() => true, giveUpIfKilled)
      if (completed) counted.completed++
      if (transfer.number % 20 === 0) lab.sample('goodput', perSecond())
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))

  const goodput = perSecond()
  const audit = await auditBudgets(sessions.pool)
  const undone = lab.schedule.length - audit.transfers
  return { metrics: { killed: counted.killed, undone, wrongBudgets: audit.wrong, goodput } }
}

/** One transfer in one transaction: both budgets in the order given, and its line in the book. */
function moveHours(pool: Pool, transfer: Transfer & { locks: number[] }): Promise<void> {
  const { number, minutes, from, to, locks } = transfer
  return inTransaction(pool, async (client) => {
    for (const project of locks) {
      await client.query('update project_budget set minutes = minutes + $2 where project = $1', [
        project,
        project === from ? -minutes : minutes,
      ])
    }
    await client.query('insert into hours_moved values ($1, $2, $3, $4)', [
      number,
      from,
      to,
      minutes,
    ])
  })
}

/** The oracle: what the book says was moved, and the budgets that say otherwise. */
async function auditBudgets(pool: Pool): Promise<{ transfers: number; wrong: number }> {
  const { rows } = await pool.query<{ transfers: number; wrong: number }>(
    `select (select count(*)::int from hours_moved) as transfers, count(*)::int as wrong
       from project_budget
      where minutes <> opening_minutes
        + (select coalesce(sum(minutes), 0) from hours_moved where to_project = project)
        - (select coalesce(sum(minutes), 0) from hours_moved where from_project = project)`,
  )
  return rows[0] ?? { transfers: 0, wrong: 0 }
}

/** Projects with 2 000 sold hours each: enough for either way of sharing them. */
async function openBudgets(
  database: Lab['database'],
  { writers, projects }: Lab['parameters'],
): Promise<void> {
  await using sessions = database.sessions(1)
  await sessions.pool.query(
    `create table project_budget (
       project int primary key, name text not null,
       opening_minutes bigint not null, minutes bigint not null);
     create table hours_moved (
       transfer int primary key, from_project int not null, to_project int not null,
       minutes bigint not null);
     insert into project_budget
       select n, 'Implementation ' || n, 120000, 120000 from generate_series(1, ${Math.max(writers * 2, projects)}) n`,
  )
}

/** Opens every session beforehand, so that none is measured while it connects. */
async function openAll(pool: Pool, sessions: number): Promise<void> {
  const clients = await Promise.all(Array.from({ length: sessions }, () => pool.connect()))
  for (const client of clients) client.release()
}

function giveUpIfKilled(error: unknown): false {
  if (isDeadlock(error)) return false
  throw error
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01'
}
