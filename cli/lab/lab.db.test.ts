import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Command, CommanderError } from 'commander'
import { describe, expect, inject, test, vi } from 'vitest'
import { openLab } from '@pet/lab/open-lab'
import { temporaryHome } from '@pet/lab/testing'
import type { Proof, RunRecord, ScenarioRow } from '@pet/lab/api-types'
import { badInput, printProblem } from '../problem.ts'
import { registerLabCommands } from './commands.ts'

const program = fileURLToPath(new URL('../pet.js', import.meta.url))

type Answer = { code: number; stdout: string; stderr: string }

/**
 * Runs `pet lab …` in a process of its own, as a person would, and with a channel to it, as the
 * hand-over from an older Node has one: that once kept the command from ending.
 */
async function petLab(home: string, ...words: string[]): Promise<Answer> {
  const child = fork(program, ['lab', ...words], {
    env: { ...process.env, PET_HOME: home },
    silent: true,
  })
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit') as Promise<[number]>,
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
  ])
  return { code, stdout, stderr }
}

/** The same in this process, without a second for each start: what is thrown ends as in `main.ts`. */
async function petLabHere(home: string, ...words: string[]): Promise<Answer> {
  vi.stubEnv('PET_HOME', home)
  const [log, error] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')]
  for (const spy of [log, error]) spy.mockImplementation(() => {})
  const program = new Command('pet').exitOverride().configureOutput({ writeErr: console.error })
  registerLabCommands(program)
  try {
    const code = await program.parseAsync(['lab', ...words], { from: 'user' }).then(
      () => 0,
      (thrown: unknown) => (thrown instanceof CommanderError ? badInput : printProblem(thrown)),
    )
    const [stdout = '', stderr = ''] = [log, error].map((spy) => spy.mock.calls.flat().join('\n'))
    return { code, stdout, stderr }
  } finally {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  }
}

const small = ['--transfers', '60', '--quick', '--seed', '7']

describe('pet lab', () => {
  test('list names every scenario, with the schema of its parameters', async () => {
    await using temporary = await temporaryHome()
    const rows = JSON.parse(
      (await petLab(temporary.home, 'list', '--json')).stdout,
    ) as ScenarioRow[]
    const deadlock = rows.find(({ name }) => name === 'deadlock')
    expect(Object.keys(deadlock ?? {})).toEqual([
      'name',
      'category',
      'title',
      'targets',
      'live',
      'parameters',
    ])
    expect(deadlock?.parameters.properties['writers']).toMatchObject({ minimum: 2, maximum: 64 })
  })

  test('run --json prints one record and nothing else, and keeps it', async () => {
    await using temporary = await temporaryHome()
    const { code, stdout, stderr } = await petLab(
      temporary.home,
      'run',
      'deadlock',
      '--json',
      ...small,
    )
    const record = JSON.parse(stdout) as RunRecord
    expect(record).toMatchObject({ name: 'deadlock', seed: 7, landed: 'confirmed' })
    expect(code).toBe(record.asHypothesised ? 0 : 1)
    expect(stderr).toContain('failure, round 1 of 3')
    expect(await readdir(join(temporary.home, 'lab', 'servers'))).toEqual([])
    const history = await petLab(temporary.home, 'history', '--json')
    expect(JSON.parse(history.stdout)).toMatchObject([{ id: record.id, status: 'finished' }])
    const compared = await petLab(temporary.home, 'compare', record.id.slice(0, 8), record.id)
    expect(compared.stdout).toContain('Seed, parameters, versions and machine are the same.')
  })

  test('what can’t take place is skipped with its reason, in every report', async () => {
    await using temporary = await temporaryHome()
    const { home } = temporary
    const somebody = createServer().listen(0, '127.0.0.1')
    await once(somebody, 'listening')
    const { port } = somebody.address() as AddressInfo
    const file = (name: string) => join(home, name)
    const { code, stdout } = await petLab(
      home,
      ...['run', 'deadlock', '--quick', '--target', `tcp://127.0.0.1:${port}`, '--json'],
      ...['--junit', file('a.xml'), '--html', file('a.html'), '--markdown', file('a.md')],
    )
    somebody.close()
    expect(code).toBe(2)
    const reason = 'it makes everything that it acts on itself'
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'deadlock',
      skipped: expect.stringContaining(reason),
    })
    for (const name of ['a.xml', 'a.html', 'a.md']) {
      expect(await readFile(file(name), 'utf8')).toContain(reason)
    }
    const history = await petLab(home, 'history', '--json')
    expect(JSON.parse(history.stdout)).toMatchObject([{ name: 'deadlock', status: 'skipped' }])
  })

  test('prove says what comes out without fault and without remedy', async () => {
    const words = ['prove', 'deadlock', '--json', '--quick', '--param', 'transfers=60']
    await using temporary = await temporaryHome()
    const { stdout } = await petLab(temporary.home, ...words)
    expect(JSON.parse(stdout) as Proof).toMatchObject({ name: 'deadlock', ok: true })
  })

  test('show tells the bounds, the flags and both sources', async () => {
    await using temporary = await temporaryHome()
    const { stdout } = await petLab(temporary.home, 'show', 'deadlock')
    for (const part of [
      '--deadlock-timeout-ms',
      '>= 0.4x control',
      'asTheyCome',
      'inOrderWithRetry',
    ])
      expect(stdout).toContain(part)
  })

  test.each<[words: string[], sentence: string, how?: 'always in a process of its own']>([
    [['run', 'deadlok'], 'did you mean deadlock?', 'always in a process of its own'],
    [['show', 'deadlok'], 'did you mean deadlock?'],
    [['prove', 'deadlok'], 'did you mean deadlock?'],
    [
      ['run', 'deadlock', '--param', 'writers=100000'],
      'at most 64',
      'always in a process of its own',
    ],
    [['run', 'deadlock', '--writers', 'many'], 'writers: "many" was given'],
    [['run', 'deadlock', '--readers=3'], 'no such parameter'],
    [['run', 'deadlock', '--param', 'writers'], 'give it as name=value'],
    [['run', 'deadlock', '--seed', '-1'], 'seed: -1 was given'],
    [['run', 'deadlock', '--rounds', '1000'], 'from 1 to 50'],
    [['run', '--category', 'databases'], "There is no category 'databases'"],
    [['run'], 'Name a scenario'],
    [['run', 'deadlock', '--target', 'nowhere'], 'it is a URL such as'],
    [['run', 'deadlock', '--target', 'tcp://127.0.0.1:1'], 'Nothing answers at the target'],
    [['run', 'deadlock', '--junit', '/nowhere/at/all.xml'], "Can't write the junit report"],
    [['prove', 'deadlock', '--param', 'writers=1'], 'at least 2'],
    [['prove', 'deadlock', '--seed', 'many'], 'seed: NaN was given'],
    [['compare', 'one', 'other'], 'There is no run one'],
    [['history', '--limit', '0'], 'from 1 to 500'],
  ])('%j is refused with exit code 2', async (words, sentence, how) => {
    await using temporary = await temporaryHome()
    const asPeopleDo = how !== undefined || inject('depth') === 'full'
    const run = asPeopleDo ? petLab : petLabHere
    const { code, stdout, stderr } = await run(temporary.home, ...words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
    expect(await readdir(temporary.home)).toEqual([])
  })

  test('a second run in the same home is refused, and the first goes on', async () => {
    await using temporary = await temporaryHome()
    await using _first = await openLab(temporary)
    const { code, stderr } = await petLab(temporary.home, 'run', 'deadlock', '--quick')
    expect({ code, said: stderr }).toEqual({
      code: 2,
      said: expect.stringContaining('one at a time'),
    })
  })

  test('a run that is killed is taken back, and the next command says how long that took', async () => {
    await using temporary = await temporaryHome()
    const { home } = temporary
    const child = spawn(process.execPath, [program, 'lab', 'run', 'deadlock'], {
      env: { ...process.env, PET_HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    while (!said.includes('failure, round 1')) await once(child.stderr, 'data')
    child.kill('SIGKILL')
    await vi.waitFor(
      async () => expect(await readdir(join(home, 'lab', 'journals'))).toEqual([]),
      20_000,
    )
    const told = await vi.waitFor(async () => {
      const { stderr } = await petLab(home, 'list')
      expect(stderr).toMatch(/The watchdog took back .* in \d+ ms .*: remove-server\./)
      return stderr
    }, 20_000)
    expect(told).toBeTruthy()
    expect((await petLabHere(home, 'list')).stderr).toBe('')
    expect((await petLabHere(home, 'restore')).stdout).toContain('Nothing is left to take back')
    expect((await petLabHere(home, 'history')).stdout).toContain('failed')
  })

  test('a run that is interrupted, again and again, takes everything back', async () => {
    await using temporary = await temporaryHome()
    const { home } = temporary
    const env = { ...process.env, PET_HOME: home }
    const child = spawn(process.execPath, [program, 'lab', 'run', 'deadlock'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    while (!said.includes('failure, round 1')) await once(child.stderr, 'data')
    child.kill('SIGINT')
    const ended = once(child, 'exit') as Promise<[number | null, string | null]>
    const impatience = setInterval(() => child.kill('SIGINT'), 20)
    const [code, signal] = await ended
    clearInterval(impatience)
    // After all is done, Node's own end no longer holds a signal off: to a shell both are 130.
    expect(signal ?? code).toBeOneOf([130, 'SIGINT'])
    expect(said).toContain('taking everything back')
    expect(said).toContain('The run was cancelled')
    expect(await readdir(join(home, 'lab', 'servers'))).toEqual([])
    expect(await readdir(join(home, 'lab', 'journals'))).toEqual([])
    expect((await petLabHere(home, 'restore')).stdout).toContain('Nothing is left to take back')
  })
})
