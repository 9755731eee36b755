import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, inject, test, vi } from 'vitest'
import { readProjections } from './projection-status.ts'
import { note, testLedger, type TestLedger } from './testing.ts'

const patience = { timeout: 20_000, interval: 20 }
const rounds = inject('depth') === 'full' ? 30 : 4

interface Node extends AsyncDisposable {
  name: string
  process: ChildProcess
  /** Resolves when it has come upon an event `hold`; rejects when it does not for long. */
  holds(): Promise<void>
}

async function startNode(
  { applicationUrl }: TestLedger,
  name: string,
  silenceAtMostMs = 30_000,
): Promise<Node> {
  const child = fork(new URL('testing/projecting-node.ts', import.meta.url), [
    ...[applicationUrl, name, String(silenceAtMostMs)],
  ])
  const exited = once(child, 'exit')
  await Promise.race([once(child, 'message'), exited.then(() => Promise.reject(notStarted))])
  const holding = Promise.withResolvers<void>()
  child.on('message', (message) => message === 'holding' && holding.resolve())
  return {
    ...{ name, process: child },
    holds: () => within(holding.promise, `${name} does not come upon an event to hold`),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** A bound of its own, so that a test that fails still ends its nodes. */
async function within<Result>(work: Promise<Result>, otherwise: string): Promise<Result> {
  const over = new AbortController()
  const late = delay(patience.timeout, undefined, over).then(() => {
    throw new Error(`${otherwise} within ${patience.timeout} ms`)
  })
  return Promise.race([work, late]).finally(() => over.abort())
}

const notStarted = new Error('The node ended before it was ready')

async function withSeenTable(): Promise<TestLedger> {
  const log = await testLedger()
  await log.owner.query(`
    create schema seen;
    create table seen.seen (position bigint primary key, node text not null);
    grant usage on schema seen to pet;
    grant select, insert on seen.seen to pet;
    select ledger.register_projection('seen', 'seen')`)
  return log
}

/** Who has handled each event, in order of the positions: each once, or the key would have refused it. */
async function handledBy(log: TestLedger): Promise<string[]> {
  const { rows } = await log.owner.query<{ position: string; node: string }>(
    'select position, node from seen.seen order by position',
  )
  expect(rows.map(({ position }) => Number(position))).toEqual(rows.map((_, index) => index + 1))
  return rows.map(({ node }) => node)
}

async function untilCaughtUp(log: TestLedger): Promise<string[]> {
  const { position } = await log.ledger.head()
  return vi.waitFor(async () => {
    const handled = await handledBy(log)
    expect(handled.length).toBe(position)
    return handled
  }, patience)
}

/** Events that one of the nodes comes to hold, and which. */
async function holdOne(log: TestLedger, nodes: Node[]): Promise<Node> {
  await log.ledger.append(note('a', { data: [1, 2, 'hold', 4, 5, 6, 7] }))
  return firstToHold(nodes)
}

function firstToHold(nodes: Node[]): Promise<Node> {
  return Promise.any(nodes.map((node) => node.holds().then(() => node)))
}

test(
  'a node that is killed in the middle of a batch is followed by another, which misses and repeats nothing',
  { timeout: 30_000 + rounds * 10_000 },
  async () => {
    await using log = await withSeenTable()
    await using resources = new AsyncDisposableStack()
    const start = async (name: string) => resources.use(await startNode(log, name))
    let nodes = await Promise.all(['one', 'two'].map(start))
    for (let round = 0; round < rounds; round += 1) {
      const appending = appendForAWhile(log)
      const holder = await holdOne(log, nodes)
      const others = nodes.filter((node) => node !== holder)
      const next = await start(`node of round ${round}`)
      nodes = [...others, next]
      holder.process.kill('SIGKILL')
      // The event comes to one of the others again, which is let go on.
      const follower = await firstToHold(nodes)
      follower.process.send('go on')
      await appending
      const handled = await untilCaughtUp(log)
      expect(handled).toContain(follower.name)
      await replaced(follower)
    }

    /** A node tells once that it holds: it is left to die, and another one comes. */
    async function replaced(node: Node): Promise<void> {
      node.process.kill('SIGKILL')
      nodes = [...nodes.filter((one) => one !== node), await start(`after ${node.name}`)]
    }
  },
)

test('a node that hangs loses the projection within its time, and works on when it comes round', async () => {
  await using log = await withSeenTable()
  await using hanging = await startNode(log, 'hanging', 500)
  const holder = await holdOne(log, [hanging])
  await using other = await startNode(log, 'other', 500)
  holder.process.kill('SIGSTOP')
  await other.holds()
  other.process.send('go on')
  const before = await untilCaughtUp(log)
  expect(before.slice(2)).toEqual(before.slice(2).map(() => 'other'))

  holder.process.kill('SIGCONT')
  holder.process.send('go on') // to the event that the other one has handled meanwhile
  other.process.kill('SIGKILL')
  await log.ledger.append(note('a', { data: [8, 9] }))
  expect((await untilCaughtUp(log)).slice(-2)).toEqual(['hanging', 'hanging'])
  expect(await readProjections(log.pool)).toMatchObject([{ name: 'seen', state: 'running' }])
})

async function appendForAWhile({ ledger }: TestLedger): Promise<void> {
  for (let n = 0; n < 20; n += 1) await ledger.append(note(`s${n}`, { data: [n, n] }))
}
