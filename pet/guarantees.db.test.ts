import { createLedger } from '@pet/ledger/ledger'
import type { Command, Ledger } from '@pet/ledger/ledger'
import { audit } from '@pet/ledger/audit'
import { ledgerMigrations } from '@pet/ledger/migrations'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import type { Pool } from 'pg'
import { describe, expect, test } from 'vitest'
import { petEvents } from './events.ts'
import { petMigrations } from './migrations.ts'

describe('what the building itself keeps', () => {
  test('DAT-1: not even the owner changes or removes an event', async () => {
    await using log = await openLog()
    await log.ledger.append(addCustomer('one', 'Harbour Foods'))
    for (const attempt of [
      `update ledger.event set actor = 'somebody else'`,
      'delete from ledger.event',
      'truncate ledger.event',
      'update ledger.event_00000 set position = 2',
      'delete from ledger.append_group',
    ])
      await expect(log.owner.query(attempt), attempt).rejects.toThrow('append-only')
    expect(await audit(log.owner)).toMatchObject({ events: 1, ok: true, firstBroken: null })
  })

  test('DAT-2: the application appends through the one function and writes no other way', async () => {
    await using log = await openLog()
    await log.ledger.append(addCustomer('one', 'Harbour Foods'))
    for (const attempt of [
      'insert into ledger.event select * from ledger.event',
      `insert into ledger.event_00000 select * from ledger.event`,
      `update ledger.event set actor = 'somebody else'`,
      'delete from ledger.event',
      'truncate ledger.event',
      'update ledger.head set position = 0',
      'insert into quoting.quote_summary select * from quoting.quote_summary',
      'alter table ledger.event disable trigger all',
      `set session_replication_role = replica`,
    ])
      await expect(log.application.query(attempt), attempt).rejects.toThrow(
        /permission denied|must be owner/,
      )
  })

  test('a secret is made once, and the feed is not reworded', async () => {
    await using log = await openLog()
    for (const attempt of [
      `update identity.secret set value = 'known'`,
      'delete from identity.secret',
      `update activity.entry set sentence = 'did nothing'`,
    ])
      await expect(log.application.query(attempt), attempt).rejects.toThrow('permission denied')
  })

  test('DAT-3: what a superuser changes behind every trigger, the audit finds', async () => {
    await using log = await openLog()
    for (const id of ['one', 'two', 'three'])
      await log.ledger.append(addCustomer(id, 'Harbour Foods'))
    await log.owner.query(
      `begin; set local session_replication_role = replica;
       update ledger.event set data = '{"name":"Harbour Drinks"}' where position = 2; commit`,
    )
    expect(await audit(log.owner)).toMatchObject({ events: 3, ok: false, firstBroken: 2 })
  })

  test('DAT-4: a command sent again gets its first answer and changes nothing', async () => {
    await using log = await openLog()
    const first = await log.ledger.append(addCustomer('one', 'Harbour Foods'))
    const again = await log.ledger.append(addCustomer('one', 'Harbour Foods'))
    expect(again).toEqual({ ...first, outcome: 'duplicate' })
    expect((await log.ledger.head()).position).toBe(1)
  })

  test('DAT-5: erasing a person leaves the events and the chain, and no name', async () => {
    await using log = await openLog()
    const contactId = '01890000-0000-7000-8000-000000000001'
    await log.ledger.append(addContact(contactId, 'Hannah Reyes'))
    const { rows } = await log.owner.query(`select data::text as stored from ledger.event`)
    expect(rows[0]?.stored).not.toContain('Hannah')
    await log.ledger.erasePerson(contactId)
    const [event] = await log.ledger.readLog()
    expect(event?.data).toMatchObject({ contactId, name: { person: contactId, value: null } })
    expect(await audit(log.owner)).toMatchObject({ events: 1, ok: true })
  })

  test('DAT-8: a log cut off without a trace no longer goes through the head that was kept', async () => {
    await using log = await openLog()
    await log.ledger.append(addCustomer('one', 'Harbour Foods'))
    const earlier = await log.ledger.head()
    await log.ledger.append(addCustomer('two', 'Harbour Foods'))
    const kept = await log.ledger.head()
    for (const against of [earlier, kept])
      expect(await audit(log.owner, { against })).toMatchObject({ ok: true })
    await log.owner.query(
      `begin; set local session_replication_role = replica;
       delete from ledger.event where position = 2;
       delete from ledger.append_group where first_position = 2;
       delete from ledger.command where first_position = 2;
       delete from ledger.stream where stream not in (select stream from ledger.event);
       update ledger.head set (position, hash) = (select last_position, hash from ledger.append_group);
       commit`,
    )
    expect(await audit(log.owner, { against: earlier })).toMatchObject({ events: 1, ok: true })
    expect(await audit(log.owner, { against: kept })).toMatchObject({
      ...{ ok: false, firstBroken: null, against: { ...kept, holds: false } },
    })
  })
})

type Log = AsyncDisposable & { ledger: Ledger; application: Pool; owner: Pool }

async function openLog(): Promise<Log> {
  await using resources = new AsyncDisposableStack()
  const database = resources.use(
    await testDatabase({ migrations: [ledgerMigrations, petMigrations] }),
  )
  const { pool: application } = resources.use(usingPool(database.applicationUrl))
  const { pool: owner } = resources.use(usingPool(database.ownerUrl))
  const ledger = createLedger({ pool: application, events: petEvents })
  const opened = resources.move()
  return { ledger, application, owner, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

function addCustomer(id: string, name: string): Command {
  return command(id, { type: 'CustomerAdded', data: { name } })
}

function addContact(contactId: string, person: string): Command {
  const value = { kind: 'personal', person: contactId, value: person }
  return command(contactId, {
    type: 'ContactAdded',
    data: { contactId, name: value, email: value },
  })
}

function command(id: string, event: Command['streams'][number]['events'][number]): Command {
  const customerId = `01890000-0000-7000-8000-${id
    .padStart(12, '0')
    .slice(-12)
    .replaceAll(/[^0-9a-f]/g, 'a')}`
  const stream = `customer-${customerId}`
  return { commandId: id, actor: 'system', streams: [{ stream, expected: 'any', events: [event] }] }
}
