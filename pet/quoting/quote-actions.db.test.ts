import { createLedger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import { expect, test } from 'vitest'
import { seedDemoFirm } from '../demo-firm.ts'
import { petEvents } from '../events.ts'
import { petMigrations } from '../migrations.ts'
import { loadQuote } from './load-quote.ts'
import { draftQuote, editQuote, sendQuote } from './quote-actions.ts'
import { listQuotes } from './list-quotes.ts'
import { quote } from './quote.ts'
import { latestWritten } from './quote-state.ts'
import { quoteStream } from './quoting.ts'
import type { Quoting } from './quoting.ts'

const who = (commandId: string) => ({ actor: 'system', commandId })

// It was hashed as it had been loaded, and sent as it was loaded anew: an edit between the two went unhashed.
test('what is sent is what was hashed, also when an edit comes between', async () => {
  await using database = await testDatabase({ migrations: [ledgerMigrations, petMigrations] })
  await using application = usingPool(database.applicationUrl)
  const quoting = quotingOn(application.pool)
  await seedDemoFirm(quoting)
  const { content } = await anyAcceptedQuote(quoting)
  const id = await draftQuote(quoting, who('draft'), content)

  const interrupted: Quoting = {
    ...quoting,
    ledger: {
      ...quoting.ledger,
      readStream: async (stream, options) => {
        const events = await quoting.ledger.readStream(stream, options)
        if (stream === quoteStream(id) && events.length === 1)
          await editQuote(quoting, who('edit'), id, 1, { ...content, title: 'Dearer' })
        return events
      },
    },
  }
  await expect(sendQuote(interrupted, who('send'), id, 2)).rejects.toMatchObject({ status: 412 })
})

function quotingOn(pool: Quoting['pool']): Quoting {
  const ledger = createLedger({ pool, events: petEvents })
  const now = () => Temporal.Now.instant()
  return { ledger, pool, quote, linkSecret: 'secret', firmName: 'Alder & Finch', now }
}

async function anyAcceptedQuote(quoting: Quoting) {
  const accepted = (await listQuotes(quoting)).find(({ status }) => status === 'accepted')
  return latestWritten((await loadQuote(quoting, accepted?.id ?? '')).state)
}
