import { randomUUID } from 'node:crypto'
import { usingPool } from '@pet/postgres/pool'
import { createLedger, type Ledger } from '@pet/ledger/ledger'
import { openBenchDatabase } from './bench-database.ts'
import { eventData, eventType, streamOf } from './event.ts'

export interface BenchLedger extends AsyncDisposable {
  ledger: Ledger
  /** Of the application. */
  url: string
  ownerUrl: string
  /** One command, `count` events to one stream. @param stream by default one of its own */
  append(count: number, stream?: string): Promise<void>
  /** Fills the log up to this position. */
  fill(position: number): Promise<void>
}

/** A ledger in a database of its own, used as the application uses it; dropped with its block. */
export async function openBenchLedger(serverUrl: string, name: string): Promise<BenchLedger> {
  await using opened = new AsyncDisposableStack()
  const { url, ownerUrl } = opened.use(await openBenchDatabase(serverUrl, name))
  const { pool } = opened.use(usingPool(url))
  const ledger = opened.use(createLedger({ pool }))

  async function append(count: number, stream?: string): Promise<void> {
    const commandId = randomUUID()
    const events = Array.from({ length: count }, () => ({ type: eventType, data: eventData }))
    const target =
      stream === undefined
        ? { stream: streamOf(commandId), expected: 'none' as const }
        : { stream, expected: 'any' as const }
    const streams = [{ ...target, events }]
    const { outcome } = await ledger.append({ commandId, actor: 'bench', streams })
    if (outcome !== 'appended') throw new Error(`The append met with ${outcome}`)
  }

  async function fill(position: number): Promise<void> {
    const head = await ledger.head()
    for (let missing = position - head.position; missing > 0; missing -= 4_000) {
      await Promise.all(
        [0, 1, 2, 3]
          .map((part) => Math.min(1_000, missing - part * 1_000))
          .filter((count) => count > 0)
          .map((count) => append(count)),
      )
    }
  }

  const kept = opened.move()
  const dispose = (): Promise<void> => kept.disposeAsync()
  return { ledger, url, ownerUrl, append, fill, [Symbol.asyncDispose]: dispose }
}
