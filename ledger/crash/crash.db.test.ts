import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { startCrashServer } from './crash-server.ts'
import { planOf } from './plan.ts'
import { counted, playRound, type RoundCounts } from './round.ts'

/**
 * `CRASH_SEED=7 npx vitest run ledger/crash` plays the round that a report names again;
 * `CRASH_ROUNDS=50` plays so many.
 */
const { CRASH_SEED, CRASH_ROUNDS } = process.env
const firstSeed = Number(CRASH_SEED ?? randomInt(1_000_000_000))
const roundCount = Number(CRASH_ROUNDS ?? (CRASH_SEED ? 1 : inject('depth') === 'full' ? 200 : 3))
const roundPatienceMs = 90_000

let home: string
beforeEach(async () => void (home = await mkdtemp(join(tmpdir(), 'pet-crash-'))))
afterEach(() => rm(home, { recursive: true, force: true }))

test(
  'what was acknowledged is there once, whatever is killed',
  { timeout: 60_000 + roundCount * roundPatienceMs },
  async () => {
    await using server = await startCrashServer(join(home, 'postgres'))
    const total = Object.fromEntries(counted.map((name) => [name, 0])) as RoundCounts
    for (let seed = firstSeed; seed < firstSeed + roundCount; seed += 1) {
      const again = `CRASH_SEED=${seed} plays this round again`
      const { faults, counts } = await playRound(server, planOf(seed)).catch((cause) => {
        throw new Error(again, { cause })
      })
      expect(faults.slice(0, 20), again).toEqual([])
      for (const name of counted) total[name] += counts[name]
    }
    console.log(report(total))
    expect(total.acknowledged).toBeGreaterThan(0)
    expect(total.lostAnswers).toBeGreaterThan(0) // else nothing was under way when it crashed
  },
)

test('a server that acknowledges what it has not written yet is found out', async () => {
  await using server = await startCrashServer(join(home, 'postgres'), {
    ...{ synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' },
  })
  const { clients } = planOf(firstSeed)
  const { faults } = await playRound(server, {
    ...{ clients, crashes: [{ victim: 'server', node: 0, afterMs: 400 }] },
  })
  expect(faults.join('\n')).toMatch(/was acknowledged, and is lost|is not where an answer said/)
})

function report(total: RoundCounts): string {
  const { node, server, session, everything } = total
  return [
    `${roundCount} rounds, seeds ${firstSeed} to ${firstSeed + roundCount - 1}; killed: a node ${node} times, ` +
      `PostgreSQL ${server}, one of its sessions ${session}, everything at once ${everything}.`,
    `${total.commands} commands asked for. ${total.acknowledged} acknowledged, each there once; ` +
      `${total.conflicts} met a conflict, none there; ${total.open} without an answer, ${total.openButThere} there once, the rest not.`,
    `${total.lostAnswers} answers were lost, ${total.duplicates} repetitions answered as duplicates.`,
    `${total.events} events: positions and versions without a gap, the chain holds, both projections equal a replay.`,
  ].join('\n')
}
