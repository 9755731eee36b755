import { execFile } from 'node:child_process'
import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@pet/postgres/free-port'
import { expect, test } from 'vitest'
import { runPet } from './up/testing/run-pet.ts'

const root = new URL('../', import.meta.url)
const readme = await readFile(new URL('README.md', root), 'utf8')
const commands = [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
)

/** What .ci/run does itself, in a clean checkout; a test can't do it from inside. */
const doneByCi = ['npm ci', 'npm run check', 'npm test']

test(
  'the README’s commands work as they are written, one after the other',
  { timeout: 120_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pet-readme-'))
    const environment = { PET_HOME: join(folder, '.pet'), PORT: String(await freePort()) }
    const pet = runPet(['up'], environment)
    try {
      const todo = commands.filter((command) => !doneByCi.includes(command))
      expect(todo.length).toBeGreaterThan(8)
      for (const command of todo) await carryOut(command)
    } finally {
      pet.child.kill('SIGTERM')
      await pet.exited
      await rm(folder, { recursive: true, force: true })
    }

    async function carryOut(command: string): Promise<void> {
      const [, home, words = ''] = /^(?:PET_HOME=(\S+) )?npx pet (.+)$/.exec(command) ?? []
      if (command === 'npm start') return pet.says('Ctrl-C stops everything')
      if (command.startsWith('curl ')) {
        const address = command.slice('curl '.length).replace('4400', environment.PORT)
        expect((await fetch(address)).status, command).toBe(200)
      } else if (command.startsWith('node ')) {
        await promisify(execFile)(process.execPath, command.split(' ').slice(1), { cwd: folder })
      } else {
        const variables = {
          ...environment,
          ...(home !== undefined && { PET_HOME: join(folder, home) }),
        }
        const run = runPet(words.split(' '), variables, folder)
        expect(await run.exited, `${command}\n${run.output()}`).toBe(0)
      }
    }
  },
)

test('the README’s code is the code', async () => {
  const rules = await readFile(new URL('pet/quoting/rules.ts', root), 'utf8')
  const snippets = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, code = '']) => code)
  expect(snippets).toHaveLength(1)
  for (const snippet of snippets) expect(rules).toContain(snippet)
})

test('the README’s links and pictures lead somewhere', async () => {
  const targets = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target)
  expect(targets.length).toBeGreaterThan(5)
  for (const target of targets) await access(new URL(target, root))
})
