import { usingPool } from '@pet/postgres/pool'
import type { Ledger } from '@pet/ledger/ledger'
import type { Pool } from 'pg'
import type { BenchmarkOptions, Result } from '../result.ts'
import { compare } from '../rounds.ts'
import { openBenchLedger } from './bench-ledger.ts'

const events = 50_000
const perPage = 1_000

/** The whole log from its start, page by page: ours beside the plain query for the same rows. */
export async function benchmarkRead(options: BenchmarkOptions): Promise<Result[]> {
  const { serverUrl, rounds, onProgress } = options
  await using log = await openBenchLedger(serverUrl, 'bench_read')
  await log.fill(events)
  await using raw = usingPool(log.url)
  return await compare({
    ...{ name: 'read the whole log', unit: 'events/s' },
    measureOurs: () => eventsPerSecond((after) => readPage(log.ledger, after)),
    peers: [
      {
        ...{ peer: 'raw keyset reads', goal: 0.9 },
        measure: () => eventsPerSecond((after) => readRawPage(raw.pool, after)),
      },
    ],
    ...{ rounds, onProgress },
  })
}

/** Pages through the log; `readPage` returns the last position that it read. */
async function eventsPerSecond(readPage: (after: number) => Promise<number>): Promise<number> {
  const start = performance.now()
  for (let position = 0; position < events;) position = await readPage(position)
  return events / ((performance.now() - start) / 1_000)
}

async function readPage(ledger: Ledger, after: number): Promise<number> {
  const page = await ledger.readLog({ after, limit: perPage })
  return page.at(-1)?.position ?? Number.NaN
}

async function readRawPage(pool: Pool, after: number): Promise<number> {
  const { rows } = await pool.query<{ position: string }>({
    name: 'page',
    text: 'select * from ledger.event where position > $1 order by position limit $2',
    values: [after, perPage],
  })
  return Number(rows.at(-1)?.position)
}
