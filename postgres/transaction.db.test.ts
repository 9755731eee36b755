import { afterAll, beforeAll, expect, test } from 'vitest'
import { usingPool } from './pool.ts'
import { testDatabase } from './testing.ts'
import { inTransaction } from './transaction.ts'

const database = await testDatabase()
const { pool, [Symbol.asyncDispose]: endPool } = usingPool(database.ownerUrl, { max: 1 })

beforeAll(() => pool.query('create table entries (value int)'))
afterAll(async () => {
  await endPool()
  await database[Symbol.asyncDispose]()
})

test('what returns is kept and what throws is undone', async () => {
  const insert = (value: number) =>
    inTransaction(pool, async (client) => {
      await client.query('insert into entries values ($1)', [value])
      if (value < 0) throw new Error('negative')
      return value
    })
  expect(await insert(1)).toBe(1)
  await expect(insert(-1)).rejects.toThrow('negative')
  expect((await pool.query('select value from entries')).rows).toEqual([{ value: 1 }])
})

test('a connection that the server ended does not go back to the pool', async () => {
  const cut = inTransaction(pool, (client) =>
    client.query('select pg_terminate_backend(pg_backend_pid())'),
  )
  await expect(cut).rejects.toThrow()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})
