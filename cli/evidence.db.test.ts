import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startPet } from '@pet/pet/serve'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase } from '@pet/postgres/testing'
import { expect, test } from 'vitest'
import { runPet } from './up/testing/run-pet.ts'

test('evidence goes out, is verified, and comes back', { timeout: 180_000 }, async () => {
  await using resources = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pet-evidence-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  const path = (name: string) => join(folder, name)
  const source = resources.use(await testDatabase())
  await (await startPet({ ownerUrl: source.ownerUrl, port: 0, demo: true }))[Symbol.asyncDispose]()
  const onSource = { DATABASE_URL: source.ownerUrl, PET_HOME: path('none') }

  async function pet(environment: NodeJS.ProcessEnv, ...words: string[]) {
    const run = runPet(words, environment)
    const code = await run.exited
    expect(run.output()).not.toMatch(/\n\s+at /)
    return { code, output: run.output() }
  }

  const audited = await pet(onSource, 'audit', '--export', path('head.json'), '--json')
  expect(audited.code, audited.output).toBe(0)
  const { events, head } = answer(audited.output) as { events: number; head: string }
  expect(JSON.parse(await readFile(path('head.json'), 'utf8'))).toMatchObject({
    ...{ position: events, hash: head },
  })
  expect(await pet(onSource, 'audit', '--export', path('head.json'))).toEqual({
    ...{ code: 2, output: expect.stringContaining('EEXIST') }, // an earlier head is never replaced
  })
  expect(await pet(onSource, 'audit', '--against', path('head.json'))).toEqual({
    ...{ code: 0, output: expect.stringContaining(`goes through the head at position ${events}`) },
  })
  expect(await pet(onSource, 'audit', '--against', path('nowhere.json'))).toMatchObject({ code: 2 })

  const exported = await pet(onSource, 'export', path('log.gz'), '--verifier', path('verify.mjs'))
  expect(exported, exported.output).toMatchObject({ code: 0 })
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['verify.mjs', 'log.gz', 'head.json'],
    { cwd: folder },
  )
  expect(stdout).toContain(`${events} events, the chain ends in ${head}`)

  const backup = await pet(onSource, 'backup', path('pet.backup'), '--json')
  expect(backup.code, backup.output).toBe(0)
  expect(answer(backup.output)).toMatchObject({ events, head, ok: true })
  expect((await stat(path('pet.backup'))).mode & 0o077).toBe(0)
  expect(await pet(onSource, 'backup', path('pet.backup'))).toEqual({
    ...{ code: 2, output: expect.stringContaining('There is a file') },
  })
  expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([])

  const target = { PET_HOME: path('home') }
  const whole = await readFile(path('pet.backup'))
  await writeFile(path('cut.backup'), whole.subarray(0, whole.length - 9))
  expect(await pet(target, 'restore', path('cut.backup'))).toEqual({
    ...{ code: 2, output: expect.stringContaining('cut off') },
  })
  expect(await readdir(folder)).not.toContain('home')
  expect(await pet(target, 'restore', path('nowhere'))).toMatchObject({ code: 2 })
  const restored = await pet(target, 'restore', path('pet.backup'), '--json')
  expect(restored.code, restored.output).toBe(0)
  expect(answer(restored.output)).toMatchObject({ events, head, ok: true })
  expect(await pet(target, 'restore', path('pet.backup'))).toEqual({
    ...{ code: 2, output: expect.stringContaining('has something in it already') },
  })
  expect(await pet(target, 'audit', '--against', path('head.json'))).toMatchObject({ code: 0 })

  await using owner = usingPool(source.ownerUrl)
  await owner.pool.query('alter table ledger.event disable trigger refuse_change')
  expect(await pet(onSource, 'audit')).toEqual({
    ...{ code: 1, output: expect.stringContaining('Unguarded: ledger.event can be changed') },
  })
})

/** The last line: what is before went to standard error. */
function answer(output: string): unknown {
  return JSON.parse(output.trim().split('\n').at(-1) ?? '')
}
