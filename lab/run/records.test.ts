import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { RunRecord } from '../api-types.ts'
import { temporaryHome } from '../testing/temporary-lab.ts'
import { findRecord, listRecords, saveRecord } from './records.ts'

const record = (number: number) =>
  ({
    id: `run-${number}`,
    startedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
  }) as RunRecord

test('the newest come first, page by page', async () => {
  await using temporary = await temporaryHome()
  const { home: folder } = temporary
  expect(await listRecords(folder, { limit: 2 })).toEqual([])
  for (const number of [1, 3, 2]) await saveRecord(folder, record(number))
  const first = await listRecords(folder, { limit: 2 })
  expect(first.map(({ id }) => id)).toEqual(['run-3', 'run-2'])
  const second = await listRecords(folder, { limit: 2, before: 'run-2' })
  expect(second.map(({ id }) => id)).toEqual(['run-1'])
  expect(await findRecord(folder, 'run-2')).toEqual(record(2))
  expect(await findRecord(folder, 'run-9')).toBeUndefined()
})

test('of very many the oldest go', async () => {
  await using temporary = await temporaryHome()
  const { home: folder } = temporary
  for (let number = 0; number < 505; number++) await saveRecord(folder, record(number))
  expect(await readdir(folder)).toHaveLength(500)
  expect(await findRecord(folder, 'run-4')).toBeUndefined()
  expect(await findRecord(folder, 'run-5')).toBeDefined()
})
