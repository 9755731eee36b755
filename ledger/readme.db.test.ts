import { stopServerIn } from '@pet/postgres/stop-server'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Somebody else's project, into which the packed ledger is installed as the README says. */

const run = promisify(execFile)
const repository = fileURLToPath(new URL('..', import.meta.url))
const inRepository = (path: string): string => join(repository, path)

let home: string
let project: string
let readme: string
/** What the compiler says of the README's code. */
let complaints: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'pet-readme-'))
  project = join(home, 'project')
  readme = await readFile(new URL('README.md', import.meta.url), 'utf8')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(project, 'package-lock.json'), JSON.stringify(await lockOfTheSameVersions()))
  await run(process.execPath, [fileURLToPath(new URL('pack.ts', import.meta.url)), home])
  const [npm = '', ...line] = command(/^npm install .*$/m)
    .replaceAll('/tmp/packages', home)
    .split(' ')
  await run(npm, [...line, '--prefer-offline', '--no-audit', '--no-fund'], { cwd: project })
  await writeTypeScript()
  complaints = await compile()
}, 120_000)

afterAll(async () => {
  await stopServerIn(join(project, 'data/postgres')) // where the program ended before it had done so
  await rm(home, { recursive: true, force: true })
})

test('its code passes the compiler in strict mode, with the types that the packages bring', async () => {
  expect(complaints).toBe('')
})

test('its code prints what its comments say, on a Node that knows no TypeScript', async () => {
  const promised = [...readme.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line)
  const options = { cwd: project, env: { PATH: process.env['PATH'] } }
  const { stdout } = await run(process.execPath, ['--no-strip-types', 'readme.js'], options)
  expect(promised.length).toBeGreaterThan(5)
  expect(stdout.trimEnd().split('\n')).toEqual(promised)
})

async function compile(): Promise<string> {
  const tsc = inRepository('node_modules/typescript/bin/tsc')
  const complained = (error: { stdout: string }) => error
  const { stdout } = await run(process.execPath, [tsc], { cwd: project }).catch(complained)
  return stdout
}

function command(pattern: RegExp): string {
  return pattern.exec(readme)?.[0] ?? ''
}

/** Were the packages' types not looked at, the compiler would find nothing to expect here. */
const mustNotCompile = `
  import { createLedger } from '@pet/ledger/ledger'
  // @ts-expect-error: a pool is no number
  createLedger({ pool: 7 })
`

/** All blocks of the README, one after the other, as one program. */
async function writeTypeScript(): Promise<void> {
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code)
  await writeFile(join(project, 'readme.ts'), blocks.join('\n'))
  await writeFile(join(project, 'canary.ts'), mustNotCompile)
  const compilerOptions = {
    ...{ target: 'es2023', lib: ['esnext'], module: 'nodenext', strict: true },
    ...{ types: ['node'], typeRoots: [inRepository('node_modules/@types')], skipLibCheck: false },
  }
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['readme.ts', 'canary.ts'] }),
  )
}

/** The lock of this repository without its rooms: so the install needs nothing that is not in npm's cache. */
async function lockOfTheSameVersions(): Promise<object> {
  const lock = JSON.parse(await readFile(inRepository('package-lock.json'), 'utf8')) as {
    packages: Record<string, object>
  }
  const kept = Object.entries(lock.packages).filter(
    ([path]) => path.startsWith('node_modules/') && !path.startsWith('node_modules/@pet/'),
  )
  return { ...lock, name: 'project', packages: { '': {}, ...Object.fromEntries(kept) } }
}
