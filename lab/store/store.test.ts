import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exampleRecord } from '../testing/record.ts'
import { temporaryHome } from '../testing/temporary-lab.ts'
import { keepBounded } from './retention.ts'
import { saveRecovery, takeUntoldRecoveries } from './recoveries.ts'
import { beginRun, endAbandonedRuns, endRun, findRun, idsThatBeginWith, listRuns } from './runs.ts'
import { openStore, type Store } from './store.ts'
import { takeOverRecords } from './take-over.ts'
import { insertPoints, listPoints } from './telemetry.ts'

const record = (number: number) =>
  exampleRecord({
    id: `run-${number}`,
    startedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
  })

function keep(store: Store, number: number): void {
  const { id, name, category, seed, startedAt } = record(number)
  beginRun(store, { id, name, category, seed, startedAt })
  endRun(store, id, { status: 'finished', record: record(number) })
}

const ids = (store: Store, page: { limit: number; before?: string }) =>
  listRuns(store, page).map(({ id }) => id)

async function temporaryStore() {
  const temporary = await temporaryHome()
  const store = openStore(join(temporary.home, 'lab', 'lab.sqlite'))
  return {
    store,
    home: temporary.home,
    [Symbol.asyncDispose]: async () => {
      store[Symbol.dispose]()
      await temporary[Symbol.asyncDispose]()
    },
  }
}

test('the newest come first, page by page; a record comes back as it was', async () => {
  await using temporary = await temporaryStore()
  const { store } = temporary
  expect(ids(store, { limit: 2 })).toEqual([])
  for (const number of [1, 3, 2]) keep(store, number)
  expect(ids(store, { limit: 2 })).toEqual(['run-3', 'run-2'])
  expect(ids(store, { limit: 2, before: 'run-2' })).toEqual(['run-1'])
  expect(listRuns(store, { limit: 9, name: 'another' })).toEqual([])
  expect(findRun(store, 'run-2')).toMatchObject({ status: 'finished', record: record(2) })
  expect(findRun(store, 'run-9')).toBeUndefined()
  expect(idsThatBeginWith(store, 'run-')).toHaveLength(3)
  expect(idsThatBeginWith(store, '%')).toEqual([])
})

test('a run that came to no record says why; one whose lab is gone was killed', async () => {
  await using temporary = await temporaryStore()
  const { store } = temporary
  const { name, category, seed, startedAt } = record(1)
  for (const id of ['skipped', 'killed']) beginRun(store, { id, name, category, seed, startedAt })
  endRun(store, 'skipped', { status: 'skipped', reason: 'libfaketime is missing' })
  expect(findRun(store, 'killed')?.status).toBe('running')
  endAbandonedRuns(store)
  expect(findRun(store, 'killed')).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('killed'),
  })
  expect(findRun(store, 'skipped')).toMatchObject({
    status: 'skipped',
    reason: 'libfaketime is missing',
  })
})

test('of very many runs the oldest go', async () => {
  await using temporary = await temporaryStore()
  const { store } = temporary
  for (let number = 0; number < 505; number++) keep(store, number)
  expect(ids(store, { limit: 1_000 })).toHaveLength(500)
  expect(findRun(store, 'run-4')).toBeUndefined()
  expect(findRun(store, 'run-5')).toBeDefined()
})

test('of too much, the oldest telemetry goes before any record', async () => {
  await using temporary = await temporaryStore()
  const { store } = temporary
  const point = { metric: 'lost', arm: 'failure', round: 1, at: 'then', atMs: 1, value: 1 } as const
  for (const number of [1, 2]) {
    keep(store, number)
    insertPoints(store, `run-${number}`, Array(5_000).fill(point))
  }
  const pointsOf = (id: string) => listPoints(store, id, { limit: 1, after: 0 }).items.length
  const bytes = () =>
    Number(store.database.prepare('pragma page_count').get()?.['page_count']) * 4096
  keepBounded(store.database, { ...limits, sizeBytes: bytes() * 0.8 })
  expect([pointsOf('run-1'), pointsOf('run-2')]).toEqual([0, 1])
  keepBounded(store.database, { ...limits, sizeBytes: 1 })
  expect(ids(store, { limit: 9 })).toEqual(['run-2'])
  expect(pointsOf('run-2')).toBe(0)
})

const limits = { runs: 500, spansPerRun: 1, logsPerRun: 1, pointsPerRun: 1, recoveries: 1 }

test('a recovery is told once', async () => {
  await using temporary = await temporaryStore()
  const { store } = temporary
  saveRecovery(store, { by: 'watchdog', undone: [], failed: [], recoveryMs: 1 })
  saveRecovery(store, { by: 'watchdog', undone: ['end-sessions'], failed: [], recoveryMs: 12 })
  expect(takeUntoldRecoveries(store)).toMatchObject([
    { by: 'watchdog', undone: ['end-sessions'], recoveryMs: 12 },
  ])
  expect(takeUntoldRecoveries(store)).toEqual([])
})

test('records that were files are taken over once; what is none stays where it is', async () => {
  await using temporary = await temporaryStore()
  const { store, home } = temporary
  const folder = join(home, 'records')
  mkdirSync(folder)
  for (const number of [1, 2]) {
    writeFileSync(join(folder, `${number}.json`), JSON.stringify(record(number)))
  }
  writeFileSync(join(folder, 'torn.json'), '{"id":')
  takeOverRecords(store, folder)
  takeOverRecords(store, folder)
  expect(ids(store, { limit: 9 })).toEqual(['run-2', 'run-1'])
  expect(findRun(store, 'run-1')).toMatchObject({ record: record(1) })
  expect(readdirSync(folder)).toEqual(['torn.json'])
})

test('is its owner’s alone, is made once, and warns of nothing', async () => {
  await using temporary = await temporaryStore()
  const file = join(temporary.home, 'lab', 'lab.sqlite')
  expect(existsSync(file)).toBe(true)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  keep(temporary.store, 1)
  const code = `
    const { openStore } = await import(${JSON.stringify(new URL('./store.ts', import.meta.url).href)})
    const { listRuns } = await import(${JSON.stringify(new URL('./runs.ts', import.meta.url).href)})
    using store = openStore(${JSON.stringify(file)})
    console.log(listRuns(store, { limit: 9 }).length)`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  })
  expect({ stdout, stderr }).toEqual({ stdout: '1\n', stderr: '' })
})
