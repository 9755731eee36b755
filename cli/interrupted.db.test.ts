import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startPet } from '@pet/pet/serve'
import { usingPool } from '@pet/postgres/pool'
import { testDatabase, type TestDatabase } from '@pet/postgres/testing'
import type { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runPet, type PetRun } from './up/testing/run-pet.ts'

/** Each is held where it waits for a lock of the test's, so that it is interrupted just there. */

const launcher = fileURLToPath(new URL('pet.js', import.meta.url))
const resources = new AsyncDisposableStack()
let folder: string
let source: TestDatabase
let owner: Pool

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pet-interrupted-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  source = resources.use(await testDatabase())
  await (await startPet({ ownerUrl: source.ownerUrl, port: 0, demo: true }))[Symbol.asyncDispose]()
  owner = resources.use(usingPool(source.ownerUrl)).pool
})
afterAll(() => resources.disposeAsync())

const runOn = ({ ownerUrl }: TestDatabase, ...words: string[]): PetRun =>
  runPet(words, { DATABASE_URL: ownerUrl, PET_HOME: join(folder, 'none') })

async function finished(run: PetRun) {
  const code = await run.exited
  expect(run.output()).not.toMatch(/\n\s+at /)
  return { code, output: run.output() }
}

/** Takes a lock by `statement`, in a session of its own, until it is released. */
async function held(pool: Pool, statement: string) {
  const session = await pool.connect()
  await session.query(`begin; ${statement}`)
  return {
    /** The process of the session that waits for it. */
    async waitingFor(): Promise<number> {
      for (;;) {
        const { rows } = await session.query<{ pid: number }>(
          'select pid from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid))',
        )
        if (rows[0]) return rows[0].pid
        await delay(20)
      }
    },
    async release(): Promise<void> {
      await session.query('rollback')
      session.release()
    },
  }
}

const files = async () => (await readdir(folder)).filter((name) => !name.startsWith('whole'))

describe('what writes a file', () => {
  test.for([
    ['backup', 'identity.secret'],
    ['export', 'ledger.event'],
  ] as const)('%s leaves none after a Ctrl-C', async ([command, table]) => {
    const lock = await held(owner, `lock table ${table} in access exclusive mode`)
    const run = runOn(source, command, join(folder, 'file'))
    await lock.waitingFor()
    expect(await files()).toEqual([expect.stringMatching(/^file\.\d+\.partial$/)])
    run.child.kill('SIGINT')
    expect(await finished(run)).toEqual({
      ...{ code: 130, output: expect.stringContaining('No file was made.') },
    })
    await lock.release()
    expect(await files()).toEqual([])
  })

  test('a backup that was killed is cleared away by the next of the same name', async () => {
    const lock = await held(owner, 'lock table identity.secret in access exclusive mode')
    const file = join(folder, 'file')
    await writeFile(`${file}.${process.pid}.partial`, 'of one at work')
    await writeFile(`${file}.mine.partial`, 'of somebody else')
    const run = runOn(source, 'backup', file)
    await lock.waitingFor()
    run.child.kill('SIGKILL')
    await run.exited
    await lock.release()
    expect((await files()).length).toBe(3)
    expect(await finished(runOn(source, 'backup', file))).toMatchObject({ code: 0 })
    const left = ['file', `file.${process.pid}.partial`, 'file.mine.partial']
    expect((await files()).toSorted()).toEqual(left.toSorted())
    for (const name of left) await rm(join(folder, name))
  })

  test('a backup whose server ends its session fails, and leaves none', async () => {
    const lock = await held(owner, 'lock table identity.secret in access exclusive mode')
    const run = runOn(source, 'backup', join(folder, 'file'))
    await owner.query('select pg_terminate_backend($1)', [await lock.waitingFor()])
    expect(await finished(run)).toEqual({
      ...{ code: 3, output: expect.stringContaining('The database ended the connection') },
    })
    await lock.release()
    expect(await files()).toEqual([])
  })

  test('a backup that finds the disk full says so, and leaves none', async () => {
    // A limit on the size of a file stands for the end of the disk: the same call fails the same way.
    const limited = ['ulimit -f 4; trap "" XFSZ; exec "$0" "$@"', process.execPath, launcher]
    const file = join(folder, 'file')
    const child = spawn('bash', ['-c', ...limited, 'backup', file], {
      env: { ...process.env, DATABASE_URL: source.ownerUrl, PET_HOME: join(folder, 'none') },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [says] = await Promise.all([text(child.stderr), once(child, 'close')])
    expect(says).toContain(`Can't write ${file}: it gets too large.`)
    expect(child.exitCode).toBe(1)
    expect(await files()).toEqual([])
  })
})

describe('a restore', () => {
  let whole: string
  let target: TestDatabase
  let pool: Pool

  beforeAll(async () => {
    whole = join(folder, 'whole.backup')
    const run = runOn(source, 'backup', whole)
    if ((await run.exited) !== 0) throw new Error(run.output())
  })

  /** A database that holds a restore up just before it commits what it has loaded and audited. */
  async function holdingTarget(): Promise<Awaited<ReturnType<typeof held>> & AsyncDisposable> {
    await using made = new AsyncDisposableStack()
    target = made.use(await testDatabase())
    pool = made.use(usingPool(target.ownerUrl)).pool
    await pool.query(`
      create function wait() returns event_trigger language plpgsql
        as $$ begin perform pg_advisory_xact_lock(42); end $$;
      create event trigger wait on ddl_command_start when tag in ('DROP SCHEMA')
        execute function wait()`)
    const lock = await held(pool, 'select pg_advisory_xact_lock(42)')
    const kept = made.move()
    return { ...lock, [Symbol.asyncDispose]: () => kept.disposeAsync() }
  }

  async function schemas(): Promise<string[]> {
    const { rows } = await pool.query<{ nspname: string }>(
      `select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$|^public$'`,
    )
    return rows.map(({ nspname }) => nspname)
  }

  test('leaves an empty database after a Ctrl-C', async () => {
    await using lock = await holdingTarget()
    const run = runOn(target, 'restore', whole)
    await lock.waitingFor()
    expect(await schemas()).toContain('ledger')
    run.child.kill('SIGINT')
    await run.says('Cancelling')
    await lock.release()
    expect(await finished(run)).toEqual({
      ...{ code: 130, output: expect.stringContaining('as empty as it was') },
    })
    expect(await schemas()).toEqual([])
  })

  test('that was killed is cleared by the next; two at once are refused', async () => {
    await using lock = await holdingTarget()
    const run = runOn(target, 'restore', whole)
    await lock.waitingFor()
    expect(await finished(runOn(target, 'restore', whole))).toEqual({
      ...{ code: 2, output: expect.stringContaining('Another restore is filling this database') },
    })
    run.child.kill('SIGKILL')
    await run.exited
    await lock.release()
    expect(await schemas()).toContain('ledger')
    expect(await finished(runOn(target, 'restore', whole))).toMatchObject({ code: 0 })
    expect(await schemas()).not.toContain('restore_under_way')
    expect(await finished(runOn(target, 'audit'))).toMatchObject({ code: 0 })
  })

  test('that was killed is not cleared once the database has been used', async () => {
    await using lock = await holdingTarget()
    const run = runOn(target, 'restore', whole)
    await lock.waitingFor()
    run.child.kill('SIGKILL')
    await run.exited
    await lock.release()
    await pool.query(`insert into ledger.person_key (person, key) values ('p', sha256('k'))`)
    expect(await finished(runOn(target, 'restore', whole))).toEqual({
      ...{ code: 2, output: expect.stringContaining('has been used since') },
    })
    const { rowCount } = await pool.query('select from ledger.person_key')
    expect(rowCount).toBe(1)
  })
})
