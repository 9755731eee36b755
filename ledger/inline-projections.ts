import type { ClientBase } from 'pg'

const positionsAtOnce = 10_000

/**
 * Calls the inline projections over the whole log, as the appends did: in order of the positions,
 * by name within a range. Their tables are to be empty.
 */
export async function replayInline(
  client: ClientBase,
  head: number,
  onProgress: (position: number) => void,
): Promise<void> {
  for (let first = 1; first <= head; first += positionsAtOnce) {
    const last = Math.min(first + positionsAtOnce - 1, head)
    await client.query('select ledger.run_inline_projections($1, $2)', [first, last])
    onProgress(last)
  }
}
