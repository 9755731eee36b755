import { randomUUID } from 'node:crypto'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { createDatabase } from '@pet/postgres/database'
import { migrate } from '@pet/postgres/migrate'
import { usingPool } from '@pet/postgres/pool'
import { createLedger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import type { BenchmarkOptions, Result } from './result.ts'
import { compare } from './rounds.ts'
import { throughput } from './throughput.ts'

const concurrency = 64

const data = {
  quote: 'Q-2026-0173',
  revision: 2,
  line: { role: 'Consultant', hours: 16, rateMinor: 14_500, currency: 'EUR' },
  note: 'Workshop and migration plan, on site',
}

/**
 * One event per command from 64 callers at once, each to a stream of its own: the ledger's append
 * (expected version, command id, hash chain) beside plain INSERTs of the same columns, each a
 * transaction, on 64 connections.
 */
export async function benchmarkAppend(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, rounds, roundMs, onProgress } = options
  const ownerUrl = await createDatabase(serverUrl, 'bench_append')
  const { url } = await ensureApplicationRole(ownerUrl)
  await migrate(ownerUrl, [ledgerMigrations])
  await using application = usingPool(url)
  await using owner = usingPool(ownerUrl, { max: concurrency })
  const ledger = createLedger({ pool: application.pool })
  await owner.pool.query(rawTable)

  const result = await compare({
    name: 'append, one event per command, 64 at once',
    unit: 'events/s',
    peer: 'raw INSERT, autocommit',
    goal: 2,
    measureOurs: () =>
      throughput({ concurrency, durationMs: roundMs }, async () => {
        const commandId = randomUUID()
        const events = [{ type: 'QuoteLineAdded', data }]
        const streams = [{ stream: `quote-${commandId}`, expected: 'none' as const, events }]
        const { outcome } = await ledger.append({ commandId, actor: 'bench', streams })
        if (outcome !== 'appended') throw new Error(`The append met with ${outcome}`)
      }),
    measurePeer: () =>
      throughput({ concurrency, durationMs: roundMs }, async () => {
        const commandId = randomUUID()
        const values = [randomUUID(), `quote-${commandId}`, commandId, JSON.stringify(data)]
        await owner.pool.query({ name: 'raw', text: rawInsert, values })
      }),
    rounds,
    onRound: (round, ours, peer) =>
      onProgress(`append: round ${round} of ${rounds}: ${Math.round(ours)} | ${Math.round(peer)}`),
  })
  return [result]
}

const rawTable = `
  create table raw_event (
    position bigint generated always as identity primary key,
    id uuid not null, stream text not null, version bigint not null, type text not null,
    recorded_at timestamptz not null default now(), actor text not null, command_id text not null,
    data jsonb not null, unique (stream, version)
  )`

const rawInsert = `
  insert into raw_event (id, stream, version, type, actor, command_id, data)
  values ($1, $2, 1, 'QuoteLineAdded', 'bench', $3, $4)`
