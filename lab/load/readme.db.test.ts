import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** The README's blocks, one after the other, as one program that knows the rooms by their names. */

const run = promisify(execFile)
const nodeModules = fileURLToPath(new URL('../../node_modules', import.meta.url))

let project: string
let readme: string

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'pet-readme-'))
  readme = await readFile(new URL('README.md', import.meta.url), 'utf8')
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code)
  await symlink(nodeModules, join(project, 'node_modules'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(project, 'readme.ts'), blocks.join('\n'))
  const compilerOptions = {
    ...{ target: 'esnext', lib: ['esnext'], module: 'nodenext', strict: true, noEmit: true },
    ...{ types: ['node'], allowImportingTsExtensions: true, skipLibCheck: true },
  }
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['readme.ts'] }),
  )
})

afterAll(() => rm(project, { recursive: true, force: true }))

test('its code passes the compiler in strict mode', async () => {
  const complained = (error: { stdout: string }) => error
  const options = { cwd: project }
  const tsc = run(process.execPath, [join(nodeModules, 'typescript/bin/tsc')], options)
  expect((await tsc.catch(complained)).stdout).toBe('')
})

test('its code prints what its comments say', async () => {
  const promised = [...readme.matchAll(/^\/\/ → (.*)$/gm)].map(([, line]) => line)
  const { stdout } = await run(process.execPath, ['readme.ts'], { cwd: project })
  expect(promised.length).toBeGreaterThan(5)
  expect(stdout.trimEnd().split('\n')).toEqual(promised)
})
