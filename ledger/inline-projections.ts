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
  const { rows } = await client.query<{ function: string }>(
    'select function from ledger.inline_projection order by name',
  )
  await client.query('set local search_path = pg_catalog')
  for (let first = 1; first <= head; first += positionsAtOnce) {
    const last = Math.min(first + positionsAtOnce - 1, head)
    // Names that ledger.register_inline_projection quoted.
    for (const { function: name } of rows)
      await client.query(`select ${name}($1, $2)`, [first, last])
    onProgress(last)
  }
}
