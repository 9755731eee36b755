import { randomUUID } from 'node:crypto'
import { createLedger, type Json } from '@pet/ledger/ledger'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import { expect, test } from 'vitest'
import { petMigrations } from '../migrations.ts'

const content = (title: string): Json => ({ content: { title, currency: 'EUR' }, totalMinor: 100 })
const drafted: [string, Json] = ['QuoteDrafted', { number: 'Q-1', ...(content('first') as object) }]
const sent = (revision: number, title: string): [string, Json] => [
  'QuoteSent',
  { revision, ...(content(title) as object) },
]

// A restore makes the list in ranges of its own: a withdrawn quote came back with the revision 1.
test('the list of quotes is the same in whatever ranges of the log it is made', async () => {
  await using database = await testDatabase({ migrations: [ledgerMigrations, petMigrations] })
  await using application = usingPool(database.applicationUrl)
  await using owner = usingPool(database.ownerUrl)
  const ledger = createLedger({ pool: application.pool })
  const histories: [string, Json][][] = [
    [
      drafted,
      sent(1, 'a'),
      ['QuoteRevised', { revision: 2 }],
      sent(2, 'b'),
      ['QuoteWithdrawn', {}],
    ],
    [drafted, sent(1, 'a'), ['QuoteRevised', { revision: 2 }], ['QuoteEdited', content('c')]],
    [
      ...[drafted, sent(1, 'a'), ['QuoteRevised', { revision: 2 }] satisfies [string, Json]],
      ...[['QuoteEdited', content('d')] satisfies [string, Json]],
      ['QuoteAccepted', { revision: 1, contractId: randomUUID(), totalMinor: 90 }],
    ],
  ]
  let minute = 0
  for (const history of histories) {
    const stream = `quote-${randomUUID()}`
    for (const [type, data] of history) {
      const occurredAt = new Date(Date.UTC(2026, 0, 1, 0, (minute += 1))).toISOString()
      const events = [{ type, data, occurredAt }]
      const streams = [{ stream, expected: 'any' as const, events }]
      await ledger.append({ commandId: randomUUID(), actor: 'tester', streams })
    }
  }

  const list = () => owner.pool.query('select * from quoting.quote_summary order by id')
  const { rows: live } = await list()
  expect(live).toHaveLength(histories.length)
  await owner.pool.query(
    `truncate quoting.quote_summary;
     select quoting.project(1, position), quoting.project_answers(1, position) from ledger.head`,
  )
  expect((await list()).rows).toEqual(live)
})
