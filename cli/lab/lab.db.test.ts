import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { temporaryHome } from '@pet/lab/testing'
import type { Proof, RunRecord, ScenarioRow } from '@pet/lab/api-types'

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

const small = ['--transfers', '100', '--rounds', '1', '--seed', '7']

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
    expect(stderr).toContain('failure, round 1 of 1')
    expect(await readdir(join(temporary.home, 'lab', 'records'))).toHaveLength(1)
    expect(await readdir(join(temporary.home, 'lab', 'servers'))).toEqual([])
  })

  test('prove says what comes out without fault and without remedy', async () => {
    const words = ['prove', 'deadlock', '--json', '--seed', '7', '--param', 'transfers=100']
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

  test.each([
    [['run', 'deadlok'], 'did you mean deadlock?'],
    [['show', 'deadlok'], 'did you mean deadlock?'],
    [['prove', 'deadlok'], 'did you mean deadlock?'],
    [['run', 'deadlock', '--param', 'writers=100000'], 'at most 64'],
    [['run', 'deadlock', '--writers', 'many'], 'writers: "many" was given'],
    [['run', 'deadlock', '--readers=3'], 'no such parameter'],
    [['run', 'deadlock', '--param', 'writers'], 'give it as name=value'],
    [['run', 'deadlock', '--seed', '-1'], 'seed: -1 was given'],
    [['run', 'deadlock', '--rounds', '1000'], 'from 1 to 50'],
    [['run', '--category', 'databases'], "There is no category 'databases'"],
    [['run'], 'Name a scenario'],
  ])('%j is refused with exit code 2', async (words, sentence) => {
    await using temporary = await temporaryHome()
    const { code, stdout, stderr } = await petLab(temporary.home, ...words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(sentence)
    expect(stderr).not.toContain('    at ')
    expect(await readdir(temporary.home)).toEqual([])
  })

  test('a run that is interrupted, even twice, takes everything back', async () => {
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
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number]
    expect(code).toBe(130)
    expect(said).toContain('The run was cancelled')
    expect(await readdir(join(home, 'lab', 'servers'))).toEqual([])
    expect(await readdir(join(home, 'lab', 'journals'))).toEqual([])
    expect((await petLab(home, 'restore')).stdout).toContain('Nothing is left to take back')
  })
})
