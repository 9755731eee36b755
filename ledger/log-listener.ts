import type { Pool, PoolClient } from 'pg'
import { createDoorbell } from './doorbell.ts'

const reconnectAfterMs = 1_000

/**
 * Calls `onAppend` whenever something was appended, by whatever node. Keeps one connection of the
 * pool and takes another when it is lost; what was missed meanwhile is made up for by one call.
 * Notifications may still get lost with a connection that died unnoticed: poll as well.
 */
export function listenToLog(pool: Pool, onAppend: () => void): AsyncDisposable {
  const bell = createDoorbell()
  let over = false
  const done = keepListening()

  async function keepListening(): Promise<void> {
    while (!over) {
      await listenOnce().catch(() => {}) // the next round connects again; whoever polls goes on
      if (!over) await bell.wait(reconnectAfterMs)
    }
  }

  async function listenOnce(): Promise<void> {
    const client = await pool.connect()
    try {
      const lost = lossOf(client)
      client.on('notification', onAppend)
      await client.query('listen ledger')
      onAppend()
      while (!over && !lost.happened) await bell.wait(60_000)
    } finally {
      client.release(true) // it listens: no good to anybody else
    }
  }

  function lossOf(client: PoolClient): { happened: boolean } {
    const loss = { happened: false }
    const onLoss = (): void => {
      loss.happened = true
      bell.ring()
    }
    client.on('error', onLoss)
    client.on('end', onLoss)
    return loss
  }

  return {
    async [Symbol.asyncDispose]() {
      over = true
      bell.ring()
      await done
    },
  }
}
