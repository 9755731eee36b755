import { randomUUID } from 'node:crypto'
import { createLedger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { startProjections } from '@pet/ledger/projections'
import { rebuildProjection } from '@pet/ledger/rebuild'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import { expect, test } from 'vitest'
import { seedDemoFirm } from './demo-firm.ts'
import { petEvents } from './events.ts'
import { petMigrations } from './migrations.ts'
import { petProjections } from './projections.ts'
import { listQuotes } from './quoting/list-quotes.ts'
import { loadQuote } from './quoting/load-quote.ts'
import { decideOn, draftQuote, editQuote, sendQuote } from './quoting/quote-actions.ts'
import { quote } from './quoting/quote.ts'
import { latestWritten } from './quoting/quote-state.ts'
import type { Quoting } from './quoting/quoting.ts'

// The list took the time of a range's last change of state for that of its last event, and lost a revision that a
// withdrawal followed in the same range.
test('each read model is what follows from the log, whatever ranges it is built from', async () => {
  await using database = await testDatabase({ migrations: [ledgerMigrations, petMigrations] })
  await using application = usingPool(database.applicationUrl)
  await using owner = usingPool(database.ownerUrl)
  const { pool } = application
  const ledger = createLedger({ pool, events: petEvents })
  const now = () => Temporal.Now.instant()
  const quoting = { ledger, pool, quote, linkSecret: 'secret', firmName: 'Alder & Finch', now }
  await seedDemoFirm(quoting)
  await answerWhileRevising(quoting)
  await using running = startProjections({ ledger, pool, projections: petProjections })
  await running.settled()

  const inline = ['customers', 'quotes'].map((name) => ({ kind: 'inline' as const, name }))
  for (const projection of [...inline, ...petProjections]) {
    for (const batchSize of [1, 3, 10_000]) {
      const { tables } = await rebuildProjection({
        ...{ ledger, pool: owner.pool, projection, batchSize },
      })
      expect(tables, `${projection.name} by ${batchSize}`).toEqual([
        { table: expect.any(String), removed: 0, added: 0 },
      ])
    }
  }
})

/** Two quotes are sent and revised; one is withdrawn then, the other one rejected as it was sent. */
async function answerWhileRevising(quoting: Quoting): Promise<void> {
  const [accepted] = (await listQuotes(quoting)).filter(({ status }) => status === 'accepted')
  const { content } = latestWritten((await loadQuote(quoting, accepted?.id ?? '')).state)
  for (const answer of ['WithdrawQuote', 'RejectQuote'] as const) {
    let version = 0
    const who = () => ({ actor: 'system', commandId: randomUUID() })
    const id = await draftQuote(quoting, who(), content)
    await sendQuote(quoting, who(), id, ++version)
    await decideOn(quoting, who(), id, ++version, { type: 'ReviseQuote' })
    await editQuote(quoting, who(), id, ++version, { ...content, title: 'Dearer' })
    await decideOn(quoting, who(), id, ++version, { type: answer, reason: 'Too dear' })
  }
}
