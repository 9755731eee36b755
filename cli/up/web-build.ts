import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandProblem, ownFailure, printProblem } from '../problem.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const webFolder = join(root, 'web')
const distFolder = new URL('../../web/dist/', import.meta.url)
const stampFile = new URL('built-from.txt', distFolder)

/** What the page is built from: its own sources, and what it shares with PET and the lab. */
const sources = [
  'package-lock.json',
  'web/*.{ts,tsx,css,html,json}',
  'web/!(dist|node_modules)/**/*',
  'documents/**/*.md',
  'pet/!(node_modules)/**/*.ts',
  'lab/*.ts',
]

/**
 * Makes sure that the web page is built from the sources as they are, and returns its folder.
 * Where Vite is not installed (production) the page that is there is taken as it is.
 *
 * @throws CommandProblem when it can't be built.
 */
export async function ensureWebBuilt(options: { signal?: AbortSignal } = {}): Promise<URL> {
  const stamp = await hashOfSources()
  if (await isFresh(stamp)) return distFolder
  const vite = findVite()
  if (vite === undefined && existsSync(new URL('index.html', distFolder))) return distFolder
  if (vite === undefined) throw cannotBuild('Vite is not installed', 'Run "npm ci" first.')
  await build(vite, options)
  await writeFile(stampFile, stamp)
  return distFolder
}

async function isFresh(stamp: string): Promise<boolean> {
  try {
    return (await readFile(stampFile, 'utf8')) === stamp
  } catch {
    return false
  }
}

async function hashOfSources(): Promise<string> {
  const files = (await Array.fromAsync(glob(sources, { cwd: root, withFileTypes: true })))
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  const contents = await Promise.all(files.map((file) => readFile(file)))
  const hash = createHash('sha256')
  for (const [index, content] of contents.entries()) {
    hash.update(`${files[index]?.slice(root.length)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function findVite(): string | undefined {
  try {
    const resolve = createRequire(join(webFolder, 'package.json')).resolve
    return join(dirname(resolve('vite/package.json')), 'bin', 'vite.js')
  } catch {
    return undefined
  }
}

async function build(vite: string, { signal }: { signal?: AbortSignal }): Promise<void> {
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: webFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
    ...(signal && { signal }),
  })
  let output = ''
  const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2_000))
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const code = await new Promise((settle, reject) => {
    child.once('error', reject)
    child.once('close', settle)
  })
  if (code !== 0) throw cannotBuild('Vite refused its sources', output.trim())
}

function cannotBuild(reason: string, advice: string): CommandProblem {
  return new CommandProblem(`The web page can't be built: ${reason}.`, advice, ownFailure)
}

if (import.meta.main) {
  try {
    await ensureWebBuilt()
  } catch (error) {
    process.exitCode = printProblem(error)
  }
}
