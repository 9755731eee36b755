import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { lockFolder, type FolderLock } from './folder-lock.ts'

const home = mkdtempSync(join(tmpdir(), 'pet-lock-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

function taken(file: string): FolderLock {
  const lock = lockFolder(file, 'this test')
  if ('holder' in lock) throw new Error(`held by ${lock.holder}`)
  return lock
}

test('one holder at a time, who says who it is', () => {
  const file = join(home, 'one.lock')
  const lock = taken(file)
  expect(lockFolder(file, 'another')).toEqual({ holder: 'this test' })
  lock[Symbol.dispose]()
  taken(file)[Symbol.dispose]()
})

test('the lock of a killed process is free', async () => {
  const file = join(home, 'killed.lock')
  const other = fork(new URL('testing/hold-lock.ts', import.meta.url), [file])
  await once(other, 'message')
  expect(lockFolder(file, 'this test')).toEqual({ holder: `process ${other.pid}` })
  other.kill('SIGKILL')
  await once(other, 'exit')
  taken(file)[Symbol.dispose]()
})
