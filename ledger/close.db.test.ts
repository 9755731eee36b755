import { usingPool } from '@pet/postgres/pool'
import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import { createLedger } from './ledger.ts'
import { note, testLedger } from './testing.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

test('closing waits for what was taken, loses nothing of it, and takes nothing more', async () => {
  await using log = await testLedger()
  const { ledger } = log
  const taken = upTo(300).map((n) => ledger.append(note(`s${n % 100}`)))
  const closed = ledger.close()
  const refused = { name: 'LedgerError', code: 'closed' }
  await expect(ledger.append(note('late'))).rejects.toMatchObject(refused)
  await expect(ledger.erasePerson('anna')).rejects.toMatchObject(refused)
  await closed

  const head = await ledger.head()
  expect(head.position).toBe(300)
  const outcomes = await Promise.all(taken)
  expect(outcomes.every(({ outcome }) => outcome === 'appended')).toBe(true)
  expect(await audit(log.pool)).toMatchObject({ events: 300, ok: true })
  await ledger.close() // again does nothing
})

test('a ledger closes with its block, also when an append in it fails', async () => {
  await using log = await testLedger()
  await using lost = usingPool(log.applicationUrl.replace(/\/[^/]*$/, '/nowhere'))
  {
    await using ledger = createLedger({ pool: lost.pool })
    await expect(ledger.append(note('a'))).rejects.toMatchObject({ code: '3D000' })
  }
  {
    await using ledger = createLedger({ pool: log.pool })
    void ledger.append(note('a'))
  }
  expect(await log.ledger.head()).toMatchObject({ position: 1 })
})

test('a command that waits longer than it may is given up, and nothing of it is written', async () => {
  await using log = await testLedger()
  await using patient = createLedger({ pool: log.pool, appendTimeoutMs: 200 })
  const other = await log.owner.connect()
  try {
    await other.query('begin; select from ledger.head for update')
    const sent = [patient.append(note('a')), patient.append(note('b'))]
    await new Promise((resolve) => setTimeout(resolve, 50)) // they are on their way
    await expect(patient.append(note('a'))).rejects.toMatchObject({ code: 'timed-out' })
    await other.query('rollback')
    expect(await Promise.all(sent)).toMatchObject([
      { outcome: 'appended' },
      { outcome: 'appended' },
    ])
  } finally {
    other.release()
  }
  expect(await log.ledger.head()).toMatchObject({ position: 2 })
})
