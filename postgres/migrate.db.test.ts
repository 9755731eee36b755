import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect } from './connection.ts'
import { migrate } from './migrate.ts'
import { testDatabase, type TestDatabase } from './testing.ts'

let path: string
let database: TestDatabase
const sets = () => [{ name: 'sample', folder: pathToFileURL(path) }]

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'pet-migrations-'))
  database = await testDatabase()
  await file('0001-first.sql', 'create table first (id int); create table also (id int);')
})

afterEach(async () => {
  await database[Symbol.asyncDispose]()
  await rm(path, { recursive: true, force: true })
})

const file = (name: string, sql: string) => writeFile(join(path, name), sql)

async function tables(): Promise<string[]> {
  await using connection = await connect(database.ownerUrl)
  const { rows } = await connection.client.query<{ tablename: string }>(
    `select tablename from pg_tables where schemaname = 'public' order by 1`,
  )
  return rows.map(({ tablename }) => tablename)
}

test('what is missing is applied, in order, once', async () => {
  await file('0002-second.sql', 'alter table first rename to second')
  await file('notes.txt', 'not a migration')
  expect(await migrate(database.ownerUrl, sets())).toEqual({
    applied: ['sample/0001-first.sql', 'sample/0002-second.sql'],
  })
  await file('0003-third.sql', 'create table third ()')
  expect(await migrate(database.ownerUrl, sets())).toEqual({ applied: ['sample/0003-third.sql'] })
  expect(await tables()).toEqual(['also', 'second', 'third'])
})

test('several nodes at once: one applies, the others find nothing to do', async () => {
  const nodes = await Promise.all([1, 2, 3, 4].map(() => migrate(database.ownerUrl, sets())))
  expect(nodes.flatMap(({ applied }) => applied)).toEqual(['sample/0001-first.sql'])
})

test('a file that was changed after it was applied is refused', async () => {
  await migrate(database.ownerUrl, sets())
  await file('0001-first.sql', 'create table other (id int);')
  await expect(migrate(database.ownerUrl, sets())).rejects.toMatchObject({
    code: 'migration-changed',
    message: expect.stringContaining('sample/0001-first.sql'),
  })
})

test('other line ends are not a change', async () => {
  await file('0002-lines.sql', 'create table\nlines ()')
  await migrate(database.ownerUrl, sets())
  await file('0002-lines.sql', 'create table\r\nlines ()')
  expect(await migrate(database.ownerUrl, sets())).toEqual({ applied: [] })
})

test('a new file below an applied one is refused', async () => {
  await migrate(database.ownerUrl, sets())
  await file('0000-late.sql', 'create table late ()')
  await expect(migrate(database.ownerUrl, sets())).rejects.toMatchObject({
    code: 'migration-out-of-order',
    message: expect.stringContaining('sample/0000-late.sql'),
  })
})

test('a database of a newer PET is refused', async () => {
  await migrate(database.ownerUrl, sets())
  await rm(join(path, '0001-first.sql'))
  await expect(migrate(database.ownerUrl, sets())).rejects.toMatchObject({ code: 'too-new' })
})

test('a failing migration is undone whole, and those before it stay', async () => {
  await file('0002-fails.sql', 'create table half (); select 1 / 0')
  await expect(migrate(database.ownerUrl, sets())).rejects.toMatchObject({
    code: 'migration-failed',
    message: expect.stringContaining('division by zero'),
  })
  expect(await tables()).toEqual(['also', 'first'])
  await file('0002-fails.sql', 'create table whole ()')
  expect(await migrate(database.ownerUrl, sets())).toEqual({ applied: ['sample/0002-fails.sql'] })
})
