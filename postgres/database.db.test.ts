import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { expect, test } from 'vitest'
import { connect } from './connection.ts'
import { cloneDatabase, createDatabase, dropDatabase, withDatabase } from './database.ts'

const serverUrl = inject('postgresUrl')
const names = { template: `"a" template ${randomUUID()}`, clone: `clone ${randomUUID()}` }

test('a clone has what its template had, and goes its own way', async () => {
  const template = await createDatabase(serverUrl, names.template)
  await write(template, 'create table kept as select 1 as value')
  const clone = await cloneDatabase(serverUrl, { template: names.template, name: names.clone })
  await write(clone, 'insert into kept values (2)')
  expect(await values(clone)).toEqual([1, 2])
  expect(await values(template)).toEqual([1])

  await using _open = await connect(clone)
  await dropDatabase(serverUrl, names.clone)
  await dropDatabase(serverUrl, names.template)
  await dropDatabase(serverUrl, names.template)
  await expect(connect(clone)).rejects.toMatchObject({ code: 'cannot-connect' })
})

test('a name is escaped in a URL', () => {
  expect(withDatabase('postgres://a:b@host:1/x?y=z', 'p q')).toBe('postgres://a:b@host:1/p%20q?y=z')
})

async function write(url: string, statement: string): Promise<void> {
  await using connection = await connect(url)
  await connection.client.query(statement)
}

async function values(url: string): Promise<number[]> {
  await using connection = await connect(url)
  const { rows } = await connection.client.query<{ value: number }>(
    'select value from kept order by 1',
  )
  return rows.map(({ value }) => value)
}
