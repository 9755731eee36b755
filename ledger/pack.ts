import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

type Manifest = {
  name: string
  version: string
  description: string
  license: string
  exports: Record<string, string>
  dependencies: Record<string, string>
}

/** Doors that only this repository's own tests go through. */
const forTests = ['./testing', './vitest-setup']
const engines = { node: '>=22.13' } // the first with node:sqlite, which holds the embedded server's folder lock

const run = promisify(execFile)
const require = createRequire(import.meta.url)
const rooms = await Promise.all(
  ['@pet/postgres/pool', '@pet/ledger/ledger'].map(async (door) =>
    dirname(await realpath(require.resolve(door))),
  ),
)
const repository = dirname(import.meta.dirname)

/**
 * Makes the tarballs with which others use the ledger without PET: JavaScript and types, since
 * Node takes no TypeScript from `node_modules`. `@pet/postgres`, which the ledger stands on, is a
 * tarball of its own: whoever uses the ledger also migrates and connects with it.
 */
async function pack(target: string): Promise<void> {
  const build = await mkdtemp(join(tmpdir(), 'pet-pack-'))
  try {
    await mkdir(target, { recursive: true })
    await compile(build)
    for (const room of rooms) {
      const folder = join(build, basename(room))
      await writeManifest(room, folder)
      await copyFiles(room, folder)
      const { stdout } = await run('npm', ['pack', '--pack-destination', target], { cwd: folder })
      console.log(join(target, stdout.trim()))
    }
  } finally {
    await rm(build, { recursive: true, force: true })
  }
}

/** What can be reached from the packages' doors, and nothing else: no tests. */
async function compile(build: string): Promise<void> {
  const doors = await Promise.all(
    rooms.map(async (room) =>
      Object.values(doorsOf(await readManifest(room))).map((file) => join(room, file)),
    ),
  )
  const configuration = {
    extends: join(repository, 'tsconfig.json'),
    compilerOptions: {
      ...{ rootDir: repository, outDir: build, noEmit: false, declaration: true },
      ...{ rewriteRelativeImportExtensions: true, target: 'es2023' },
      typeRoots: [join(repository, 'node_modules', '@types')],
    },
    ...{ include: [], files: doors.flat() },
  }
  const file = join(build, 'tsconfig.json')
  await writeFile(file, JSON.stringify(configuration))
  await run(process.execPath, [
    join(repository, 'node_modules/typescript/bin/tsc'),
    '--project',
    file,
  ])
}

async function writeManifest(room: string, folder: string): Promise<void> {
  const manifest = await readManifest(room)
  const { name, version, description, license, dependencies } = manifest
  const exports = Object.fromEntries(
    Object.entries(doorsOf(manifest)).map(([door, file]) => [
      door,
      { types: file.replace(/\.ts$/, '.d.ts'), default: file.replace(/\.ts$/, '.js') },
    ]),
  )
  const ours: { devDependencies: Record<string, string> } = await readJson(repository)
  const packed = {
    ...{ name, version, description, license, type: 'module', engines, exports },
    // Our types mention those of pg, which are a package of their own.
    dependencies: { ...dependencies, '@types/pg': ours.devDependencies['@types/pg'] },
  }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`)
}

async function copyFiles(room: string, folder: string): Promise<void> {
  await cp(join(repository, 'LICENSE'), join(folder, 'LICENSE'))
  const asTheyAre = /^(README\.md|migrations|.*\.mjs)$/
  for (const name of (await readdir(room)).filter((one) => asTheyAre.test(one))) {
    await cp(join(room, name), join(folder, name), { recursive: true })
  }
}

function doorsOf({ exports }: Manifest): Record<string, string> {
  return Object.fromEntries(Object.entries(exports).filter(([door]) => !forTests.includes(door)))
}

const readManifest = (room: string): Promise<Manifest> => readJson(room)

async function readJson<Shape>(folder: string): Promise<Shape> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Shape
}

const [target] = process.argv.slice(2)
if (target === undefined) {
  console.error('Usage: npx node ledger/pack.ts <folder for the tarballs>')
  process.exitCode = 2
} else {
  await pack(resolve(target))
}
