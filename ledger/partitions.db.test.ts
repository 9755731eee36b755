import { expect, test } from 'vitest'
import { note, testLedger, type TestLedger } from './testing.ts'

const width = 10_000_000

/** As if the log had come this far. */
async function moveHead(log: TestLedger, position: number): Promise<void> {
  await log.owner.query('update ledger.head set position = $1', [position])
}

async function partitions(log: TestLedger): Promise<string[]> {
  const { rows } = await log.owner.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits
     where inhparent = 'ledger.event'::regclass order by name`,
  )
  return rows.map(({ name }) => name.replace('ledger.event_', ''))
}

const manyAtOnce = (log: TestLedger, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      log.ledger.append(note(`stream-${index}`, { data: [1, 2, 3] })),
    ),
  )

test('the append that enters a partition sees to the two after it', async () => {
  await using log = await testLedger()
  expect(await partitions(log)).toEqual(['00000', '00001', '00002'])
  await moveHead(log, width - 20)
  await manyAtOnce(log, 20)
  expect(await partitions(log)).toEqual(['00000', '00001', '00002', '00003'])
  await moveHead(log, 3 * width - 20)
  await manyAtOnce(log, 20)
  expect(await partitions(log)).toEqual(['00000', '00001', '00002', '00003', '00004', '00005'])

  const read = await log.ledger.readLog({ after: 3 * width - 20 })
  expect(read.map(({ position }) => position)).toEqual(
    Array.from({ length: 60 }, (_, index) => 3 * width - 19 + index),
  )
  const stream = await log.ledger.readStream('stream-7')
  expect(stream.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6])
})

test('a new partition is as closed as the first ones', async () => {
  await using log = await testLedger()
  await moveHead(log, width)
  await log.ledger.append(note('a'))
  const table = 'ledger.event_00003'
  await expect(log.pool.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' })
  await expect(log.pool.query(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' })
  await expect(log.owner.query(`delete from ${table}`)).rejects.toMatchObject({ code: '23001' })
  await expect(log.owner.query(`truncate ${table}`)).rejects.toMatchObject({ code: '23001' })
})

test('an append does not wait for a partition that can not be made now; the next one makes it', async () => {
  await using log = await testLedger()
  await moveHead(log, width)
  const maintenance = await log.owner.connect()
  try {
    await maintenance.query('begin; lock table ledger.event in share update exclusive mode')
    expect(await log.ledger.append(note('a'))).toMatchObject({ outcome: 'appended' })
    expect((await partitions(log)).at(-1)).toBe('00002')
  } finally {
    await maintenance.query('rollback')
    maintenance.release()
  }
  await log.ledger.append(note('a'))
  expect((await partitions(log)).at(-1)).toBe('00003')
})
