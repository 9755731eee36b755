import { createLedger } from '@pet/ledger/ledger'
import type { Command, Ledger } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import { expect, test } from 'vitest'
import { seedDemoFirm } from './demo-firm.ts'
import { petEvents } from './events.ts'
import { petMigrations } from './migrations.ts'
import { quote } from './quoting/quote.ts'

test('a start that is cut short anywhere leaves a demo firm that the next start completes, once', async () => {
  await using database = await testDatabase({ migrations: [ledgerMigrations, petMigrations] })
  await using application = usingPool(database.applicationUrl)
  const { pool } = application
  const ledger = createLedger({ pool, events: petEvents })
  const now = () => Temporal.Now.instant()
  const quoting = { ledger, pool, quote, linkSecret: 'secret', firmName: 'Alder & Finch', now }

  for (let commands = 1; commands <= 4; commands += 1) {
    const cutShort = { ...quoting, ledger: failingAfter(ledger, commands) }
    await expect(seedDemoFirm(cutShort)).rejects.toThrow('killed')
  }
  await seedDemoFirm(quoting)
  const whole = await ledger.readLog()
  expect(whole.filter(({ type }) => type === 'CustomerAdded')).toHaveLength(3)
  expect(whole.filter(({ type }) => type === 'QuoteAccepted')).toHaveLength(2)
  expect(whole).toHaveLength(18)

  await seedDemoFirm(quoting)
  expect(await ledger.readLog()).toHaveLength(18)
})

function failingAfter(ledger: Ledger, commands: number): Ledger {
  let left = commands
  const append = async (command: Command) => {
    if (left-- === 0) throw new Error('killed')
    return ledger.append(command)
  }
  return { ...ledger, append }
}
