import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import { ensureApplicationRole } from '@pet/postgres/application-role'
import { connect } from '@pet/postgres/connection'
import { createDatabase, dropDatabase } from '@pet/postgres/database'
import { freePort } from '@pet/postgres/free-port'
import { startServer } from '@pet/postgres/server'
import { processesOf, runPet, type PetRun } from './testing/run-pet.ts'

let home: string
let port: number
let runs: PetRun[]

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pet-up-'))
  port = await freePort()
  runs = []
})

afterEach(async () => {
  for (const { child } of runs) child.kill('SIGTERM')
  await Promise.all(runs.map(({ exited }) => exited))
  await nothingIsLeft()
  await rm(home, { recursive: true, force: true })
})

function up(environment: NodeJS.ProcessEnv = {}): PetRun {
  const run = runPet(['up'], { PET_HOME: home, PORT: String(port), ...environment })
  runs.push(run)
  return run
}

async function pet(...commands: string[]): Promise<{ code: unknown; output: string }> {
  const run = runPet(commands, { PET_HOME: home })
  return { code: await run.exited, output: run.output() }
}

const nothingIsLeft = () =>
  vi.waitFor(() => expect(processesOf(home)).toEqual([]), { timeout: 15_000, interval: 100 })

const patience = { timeout: 60_000 }

test(
  'it starts, serves, keeps its data over a Ctrl-C, and leaves no process',
  patience,
  async () => {
    const first = up()
    await first.says('Ctrl-C stops everything')
    expect(first.output()).toContain(`PET runs at http://localhost:${port}`)
    expect(first.output()).toContain('sofia@alder-finch.example')
    const health = await fetch(`http://127.0.0.1:${port}/api/health`)
    expect(await health.json()).toMatchObject({ status: 'ok' })
    const page = await fetch(`http://127.0.0.1:${port}/`)
    expect(page.headers.get('content-type')).toContain('text/html')

    const url = (await pet('database')).output.trim()
    const before = await auditOf()
    expect(before).toMatchObject({ ok: true, firstBroken: null })
    process.kill(-(first.child.pid ?? 0), 'SIGINT') // as a terminal does: to the whole group
    expect(await first.exited).toBe(0)
    await nothingIsLeft()
    await expect(connect(url)).rejects.toMatchObject({ code: 'cannot-connect' })

    const second = up({ METRICS_TOKEN: token })
    await second.says('Ctrl-C stops everything')
    expect(await auditOf()).toEqual(before)
    await expectMetrics()
    await expectNoticed()
  },
)

async function auditOf(): Promise<{ events: number; ok: boolean; firstBroken: number | null }> {
  return JSON.parse((await pet('audit', '--json')).output)
}

const token = 'only-for-this-test-0123456789'

/** The door passes on who asks for them, and with what. */
async function expectMetrics(): Promise<void> {
  const metrics = (headers = {}, path = '/metrics') =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers })
  expect((await metrics()).status).toBe(401)
  const authorization = `Bearer ${token}`
  expect((await metrics({}, '/api/lab/metrics')).status).toBe(401)
  expect((await metrics({ authorization }, '/api/lab/metrics')).status).toBe(200)
  const read = await metrics({ authorization })
  expect(await read.text()).toMatch(
    /^pet_projection_position\{projection="activity-feed",.*\} \d+$/m,
  )
}

/** A superuser who goes past everything is found by the audit. */
async function expectNoticed(): Promise<void> {
  await using owner = await connect((await pet('database')).output.trim())
  await owner.client.query(`
    set session_replication_role = replica;
    update ledger.event set data = '{"forged":true}' where position = 3`)
  const { code, output } = await pet('audit', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(output)).toMatchObject({ ok: false, firstBroken: 3 })
}

test('two at once on one folder: the second is refused', patience, async () => {
  await up().says('Ctrl-C stops everything')
  const second = up({ PORT: String(await freePort()) })
  expect(await second.exited).toBe(1)
  expect(second.output()).toMatch(
    /^PET runs on .* already \(process \d+, at http:.*\)\.\n.*PET_HOME/,
  )
})

test(
  'PET that dies is started again; whoever kills the supervisor ends all',
  patience,
  async () => {
    const run = up()
    await run.says('Ctrl-C stops everything')
    // The log is written behind the process: its first line may come a moment later.
    const pid = await vi.waitFor(
      async () => JSON.parse((await readLines(join(home, 'pet.log')))[0] ?? '').pid,
      patience,
    )
    process.kill(pid, 'SIGKILL')
    await run.says('PET is back.')
    expect((await fetch(`http://127.0.0.1:${port}/api/health`)).status).toBe(200)
    run.child.kill('SIGKILL')
    await nothingIsLeft()
  },
)

async function readLines(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n')
}

test.for([0, 150, 600])('a Ctrl-C %i ms into the start ends it', patience, async (delayMs) => {
  const run = up()
  await new Promise((settle) => setTimeout(settle, delayMs))
  process.kill(-(run.child.pid ?? 0), 'SIGINT')
  await run.exited
  await nothingIsLeft()
})

test('another PostgreSQL can be used', patience, async () => {
  const serverUrl = inject('postgresUrl')
  const name = `up_${process.pid}`
  const DATABASE_URL = await createDatabase(serverUrl, name)
  const run = up({ DATABASE_URL })
  await run.says('Ctrl-C stops everything')
  expect(processesOf(home).filter((command) => command.includes('bin/postgres'))).toEqual([])
  run.child.kill('SIGTERM')
  expect(await run.exited).toBe(0)
  await dropDatabase(serverUrl, name)
})

const unreachable = 'postgres://owner:secret@127.0.0.1:1/pet'

test.for([
  ['not a port', { PORT: 'http' }, 2, /^PORT is "http", which is not a port\.\n.*PORT=4401/],
  ['not an address', { HOST: '192.0.2.1' }, 1, /^PET can't listen on 192\.0\.2\.1:\d+/],
  [
    'a wrong DATABASE_URL',
    { DATABASE_URL: unreachable },
    1,
    /^Can't connect .*127\.0\.0\.1:1\/pet/,
  ],
  ['not a token', { METRICS_TOKEN: 'short' }, 2, /^METRICS_TOKEN is not a token\.\n.*openssl/],
  ['not a URL', { DATABASE_URL: 'nonsense' }, 1, /^This is not the URL of a PostgreSQL database\./],
] as const)('what stands in the way of a start is named: %s', patience, async (given) => {
  const [, environment, code, sentence] = given
  const run = up(environment)
  expect(await run.exited).toBe(code)
  expect(run.output()).toMatch(sentence)
  expectOneSentence(run)
})

test('the application can not own the database', patience, async () => {
  const { url } = await ensureApplicationRole(inject('postgresUrl'))
  const run = up({ DATABASE_URL: url })
  expect(await run.exited).toBe(1)
  expect(run.output()).toContain("The URL's user is pet")
  expectOneSentence(run)
})

test('a port that is taken is named, and another one proposed', patience, async () => {
  const other = createServer()
  await new Promise<void>((settle) => other.listen(port, '127.0.0.1', settle))
  const run = up()
  expect(await run.exited).toBe(1)
  expect(run.output()).toMatch(new RegExp(`^Port ${port} is taken.*\\n.*PORT=\\d+ npm start`))
  expectOneSentence(run)
  await new Promise((settle) => other.close(settle))
})

test('a folder that can not be written to is named', patience, async () => {
  const file = join(home, 'file')
  await writeFile(file, '')
  const run = up({ PET_HOME: file })
  expect(await run.exited).toBe(1)
  expect(run.output()).toContain(`The folder ${file} can't be written to`)
  expectOneSentence(run)
})

test('a broken data folder is named', patience, async () => {
  const server = await startServer({ folder: join(home, 'postgres'), durable: false })
  await server.stop()
  await writeFile(join(home, 'postgres', 'global', 'pg_control'), '')
  const run = up()
  expect(await run.exited).toBe(1)
  expect(run.output()).toMatch(/PostgreSQL can't use its data folder .*: .*\n.*backup/)
  expectOneSentence(run)
})

/** What is wrong and what to do, and no stack trace. */
function expectOneSentence(run: PetRun): void {
  expect(
    run
      .output()
      .trim()
      .split('\n')
      .filter((line) => !isProgress(line)).length,
  ).toBe(2)
  expect(run.output()).not.toMatch(/\n\s+at |secret/)
}

/** `Starting the database …`, and `Starting the database: 1.7 s` when it took over a second. */
function isProgress(line: string): boolean {
  return line.endsWith('…') || /: [\d.]+ s$/.test(line)
}
