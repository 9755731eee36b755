import { appendFile, readdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryHome } from '../testing/temporary-lab.ts'
import { openJournal } from './journal.ts'
import type { Undo } from './undo.ts'

const undo = (name: string): Undo => ({ kind: 'remove-server', dataFolder: name, folder: name })

test('lists what is outstanding, newest first', async () => {
  await using temporary = await temporaryHome()
  const journal = await openJournal(temporary.home)
  const first = await journal.record(undo('first'))
  await journal.record(undo('second'), 1_000)
  await journal.record(undo('third'))
  await journal.done(first)
  const outstanding = await journal.outstanding()
  expect(outstanding.map((entry) => entry.undo)).toEqual([undo('third'), undo('second')])
  expect(outstanding[1]?.dueAt).toBeGreaterThan(Date.now())
})

test('a line torn by a crash was never acted upon', async () => {
  await using temporary = await temporaryHome()
  const journal = await openJournal(temporary.home)
  await journal.record(undo('first'))
  await appendFile(journal.file, '{"entry":{"id":"torn","un')
  expect(await journal.outstanding()).toHaveLength(1)
})

test('is for its owner’s eyes, since it may hold a password; goes away when all is done', async () => {
  await using temporary = await temporaryHome()
  const journal = await openJournal(temporary.home)
  expect((await stat(journal.file)).mode & 0o777).toBe(0o600)
  const entry = await journal.record(undo('first'))
  await journal.close()
  expect(await readdir(dirname(journal.file))).toHaveLength(1)
  await journal.done(entry)
  await journal.close()
  expect(await readdir(dirname(journal.file))).toEqual([])
})
