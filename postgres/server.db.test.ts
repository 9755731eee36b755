import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect } from './connection.ts'
import { isAlive } from './postmaster-file.ts'
import { runningServer, startServer } from './server.ts'

let home: string
let folder: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pet-server-'))
  folder = join(home, 'postgres')
})

afterEach(async () => {
  await chmod(home, 0o700)
  await rm(home, { recursive: true, force: true })
})

const throwAway = { durable: false }

async function query(url: string, text: string): Promise<unknown[]> {
  await using connection = await connect(url)
  const { rows } = await connection.client.query({ text, rowMode: 'array' })
  return rows.flat()
}

test('a first start makes a data folder that only its owner can read', async () => {
  await using server = await startServer({ folder, settings: { work_mem: '5MB' }, ...throwAway })
  expect(server.created).toBe(true)
  expect(await query(server.url, 'show work_mem')).toEqual(['5MB'])
  expect((await stat(`${folder}.secret`)).mode & 0o777).toBe(0o600)
  expect((await readdir(home)).toSorted()).toEqual(
    ['', '.lock', '.lock.holder', '.log', '.secret'].map((end) => `postgres${end}`),
  )
})

test('it listens on this machine only, and wants the password', async () => {
  await using server = await startServer({ folder, ...throwAway })
  expect(await query(server.url, 'show listen_addresses')).toEqual(['127.0.0.1'])
  const wrong = new URL(server.url)
  wrong.password = 'guessed'
  await expect(connect(wrong.href)).rejects.toMatchObject({ code: 'cannot-connect' })
})

test('a second start keeps what was written', async () => {
  const first = await startServer({ folder })
  await query(first.url, `create table kept as select 42 as answer`)
  await first.stop()
  await using second = await startServer({ folder })
  expect(second.created).toBe(false)
  expect(await query(second.url, 'select answer from kept')).toEqual([42])
})

test('stopping ends open sessions and leaves no process', async () => {
  const server = await startServer({ folder, ...throwAway })
  await using session = await connect(server.url)
  const ended = new Promise((settle) => session.client.once('end', settle))
  await server.stop()
  await Promise.all([ended, server.exited])
  expect(isAlive(server.pid)).toBe(false)
  expect(await runningServer(folder)).toBeUndefined()
})

test('the server that runs on a folder can be found', async () => {
  expect(await runningServer(folder)).toBeUndefined()
  await using server = await startServer({ folder, ...throwAway })
  const found = await runningServer(folder)
  expect(found?.url).toBe(server.url)
  expect(found?.urlOf('other/one')).toMatch(/\/other%2Fone$/)
})

test('two starts on one folder: the second is refused', async () => {
  await using _server = await startServer({ folder, ...throwAway })
  await expect(startServer({ folder })).rejects.toMatchObject({
    code: 'folder-in-use',
    message: `The data folder ${folder} is in use by process ${process.pid}.`,
  })
})

test('what a killed process left behind is stopped, and its data kept', async () => {
  const parent = fork(new URL('testing/start-server.ts', import.meta.url), [folder])
  const [{ pid, url }] = (await once(parent, 'message')) as [{ pid: number; url: string }]
  await query(url, 'create table kept as select 42 as answer')
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  expect(isAlive(pid)).toBe(true)

  await using server = await startServer({ folder, ...throwAway })
  expect(isAlive(pid)).toBe(false)
  expect(await query(server.url, 'select answer from kept')).toEqual([42])
})

test('a start waits for what a killed server left at work', async () => {
  const killed = await startServer({ folder })
  await using session = await connect(killed.url)
  const atWork = session.client.query('select count(*) from generate_series(1, 3000000)')
  await query(killed.url, 'create table kept as select 42 as answer')
  process.kill(killed.pid, 'SIGKILL')
  await killed.exited
  await killed.stop()
  await using server = await startServer({ folder })
  expect(await query(server.url, 'select answer from kept')).toEqual([42])
  expect((await atWork).rows).toEqual([{ count: '3000000' }]) // so it held the shared memory meanwhile
})

test('a start that was given up leaves nothing running', async () => {
  const signal = AbortSignal.abort(new Error('given up'))
  await expect(startServer({ folder, signal, ...throwAway })).rejects.toThrow('given up')
  expect(await runningServer(folder)).toBeUndefined()
  await using _server = await startServer({ folder, ...throwAway })
})

test.for([
  ['a control file without content', 'global/pg_control', ''],
  ['no version', 'PG_VERSION', ''],
  ['pages overwritten', 'global/1262', 'x'.repeat(8192)],
] as const)('a broken data folder is named: %s', async ([, file, content]) => {
  const server = await startServer({ folder, ...throwAway })
  await server.stop()
  await writeFile(join(folder, file), content)
  await expect(startServer({ folder })).rejects.toMatchObject({
    code: 'broken-data-folder',
    message: expect.stringContaining(folder),
    advice: expect.stringContaining('backup'),
  })
})

test.for([
  ['17', 'old-data-folder', 'npx pet upgrade'],
  ['19', 'too-new', 'the PET that made it'],
] as const)('a data folder of PostgreSQL %s is refused', async ([version, code, advice]) => {
  await mkdir(folder)
  await writeFile(join(folder, 'PG_VERSION'), `${version}\n`)
  await expect(startServer({ folder })).rejects.toMatchObject({
    code,
    message: `The data folder ${folder} was made by PostgreSQL ${version}, and the server here is 18.`,
    advice: expect.stringContaining(advice),
  })
  expect(await readdir(folder)).toEqual(['PG_VERSION'])
})

test('a folder of something else is not touched', async () => {
  await mkdir(folder)
  await writeFile(join(folder, 'letter.txt'), 'Dear reader')
  await expect(startServer({ folder })).rejects.toMatchObject({ code: 'broken-data-folder' })
  expect(await readdir(folder)).toEqual(['letter.txt'])
})

test('a data folder without its password is refused, not replaced', async () => {
  const server = await startServer({ folder, ...throwAway })
  await server.stop()
  await rm(`${folder}.secret`)
  await expect(startServer({ folder })).rejects.toMatchObject({
    code: 'broken-data-folder',
    advice: expect.stringContaining('postgres.secret'),
  })
})

test('a folder that can not be written to is named', async () => {
  const file = join(home, 'file')
  await writeFile(file, '')
  const inside = join(file, 'postgres')
  await expect(startServer({ folder: inside })).rejects.toMatchObject({
    code: 'folder-not-writable',
    message: expect.stringContaining(file),
  })
})
