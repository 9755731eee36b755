import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@pet/postgres/free-port'
import { afterAll, expect, test } from 'vitest'
import { runPet } from './up/testing/run-pet.ts'

const PET_HOME = mkdtempSync(join(tmpdir(), 'pet-main-'))
afterAll(() => rmSync(PET_HOME, { recursive: true, force: true }))

async function pet(...commands: string[]): Promise<{ code: unknown; output: string }> {
  const run = runPet(commands, { PET_HOME })
  return { code: await run.exited, output: run.output() }
}

test.for([
  [['--help'], 0, 'Exit codes:'],
  [['up', '--help'], 0, 'Example'],
  [['databse'], 2, 'Did you mean database?'],
  [['audit', '--jsn'], 2, 'Did you mean --json?'],
  [['audit', 'everything'], 2, 'too many arguments'],
  [['database'], 1, 'No database runs in'],
  [['audit'], 2, 'There is no database in'],
  [['serve'], 2, 'DATABASE_URL is not set'],
] as const)('pet %s: exit code and a sentence', { timeout: 20_000 }, async (given) => {
  const [commands, code, says] = given
  const answer = await pet(...commands)
  expect(answer).toEqual({ code, output: expect.stringContaining(says) })
  expect(answer.output).not.toMatch(/\n\s+at /)
})

test('an ORIGIN that no browser could reach is refused before anything starts', async () => {
  const DATABASE_URL = 'postgres://owner:secret@127.0.0.1:1/pet'
  const PORT = String(await freePort()) // the default one may be a PET's that runs on this machine
  const run = runPet(['serve'], { PET_HOME, PORT, DATABASE_URL, ORIGIN: 'pet.example' })
  expect(await run.exited).toBe(2)
  expect(run.output()).toContain('ORIGIN is "pet.example"')
})

test('the rules agree with each other and with the documents', { timeout: 20_000 }, async () => {
  const { code, output } = await pet('rules', '--json')
  expect(code).toBe(0)
  const { rules, ...findings } = JSON.parse(output)
  expect(rules[0]).toEqual({
    id: expect.any(String),
    document: expect.any(String),
    sentence: expect.any(String),
  })
  expect(findings).toEqual({ conflicts: [], ambiguities: [], undocumented: [], unenforced: [] })
})
