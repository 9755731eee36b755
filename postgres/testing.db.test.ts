import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { connect } from './connection.ts'
import { testDatabase } from './testing.ts'

test('each test gets a migrated database of its own, and leaves none behind', async () => {
  const path = await mkdtemp(join(tmpdir(), 'pet-migrations-'))
  await writeFile(
    join(path, '0001-entries.sql'),
    'create table entries (value int); grant select, insert on entries to pet',
  )
  const migrations = [{ name: 'sample', folder: pathToFileURL(path) }]
  const urls = await Promise.all(
    [1, 2, 3].map(async (value) => {
      await using database = await testDatabase({ migrations })
      await using application = await connect(database.applicationUrl)
      await application.client.query('insert into entries values ($1)', [value])
      const { rows } = await application.client.query('select value from entries')
      expect(rows).toEqual([{ value }])
      return database.ownerUrl
    }),
  )
  await rm(path, { recursive: true, force: true })
  for (const url of urls) await expect(connect(url)).rejects.toThrow(/no such database/)
})
