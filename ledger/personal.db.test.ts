import { usingPool } from '@pet/postgres/pool'
import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import type { Json } from './json.ts'
import { createLedger } from './ledger.ts'
import { note, testLedger } from './testing.ts'

const about = (person: string, value: string | null): Json => ({ kind: 'personal', person, value })

test('a personal value is stored encrypted, and erasing the person takes that and nothing else', async () => {
  await using log = await testLedger()
  const data = { customer: about('anna', 'Anna Smith'), seller: about('ben', 'Ben'), total: 12 }
  await log.ledger.append(note('quote', { data: [data] }))
  expect((await log.ledger.readStream('quote'))[0]?.data).toEqual(data)
  const { rows } = await log.owner.query<{ text: string }>(
    `select string_agg(event::text, '') as text from ledger.event`,
  )
  expect(rows[0]?.text).not.toContain('Smith')

  const { hash } = await log.ledger.head()
  await log.ledger.erasePerson('anna')
  const [event] = await log.ledger.readLog()
  expect(event?.data).toEqual({ ...data, customer: about('anna', null) })
  expect(await audit(log.pool)).toMatchObject({ events: 1, head: hash, ok: true })
})

test('nothing personal is recorded about an erased person again', async () => {
  await using log = await testLedger()
  await log.ledger.append(note('a', { data: [about('anna', 'Anna')] }))
  await log.ledger.erasePerson('anna')
  await log.ledger.erasePerson('nobody yet')
  for (const person of ['anna', 'nobody yet']) {
    const again = log.ledger.append(note('a', { data: [about(person, 'x')] }))
    await expect(again).rejects.toMatchObject({ code: 'person-erased' })
  }
  await log.ledger.append(note('a', { data: [about('anna', null)] }))
})

test('nodes that use a person for the first time at once agree on the key', async () => {
  await using log = await testLedger()
  await using other = usingPool(log.applicationUrl)
  const nodes = [log.ledger, createLedger({ pool: other.pool })]
  const persons = ['anna', 'ben', 'cleo', 'dan']
  await Promise.all(
    Array.from({ length: 40 }, (_, n) => {
      const order = n % 2 === 0 ? persons : persons.toReversed()
      const data = order.map((person) => about(`${person}-${n >> 2}`, `${person} ${n}`))
      return nodes[n % 2]!.append(note(`s${n}`, { data: [data] }))
    }),
  )
  const fresh = createLedger({ pool: log.pool }) // without a cache
  const read = await fresh.readLog()
  const values = read.flatMap(({ data }) => data as { value: string | null }[])
  expect(values.length).toBe(160)
  expect(values.every(({ value }) => value !== null)).toBe(true)
})

test('a personal value that was changed does not read as erased, but fails', async () => {
  await using log = await testLedger()
  await log.ledger.append(note('a', { data: [about('anna', 'Anna'), about('anna', 'Other')] }))
  await log.owner.query(`
    set session_replication_role = replica;
    update ledger.event set data = (select data from ledger.event where position = 2) where position = 1;
    reset all`)
  await expect(log.ledger.readStream('a')).rejects.toMatchObject({
    code: 'unreadable-personal-value',
  })
  expect(await audit(log.pool)).toMatchObject({ firstBroken: 1 })
})
