import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { rooms } from './rooms.ts'

/**
 * A house like this one, with the same tools and the same settings, in which nobody lives: its rooms hold only
 * the files that are put into them. They find each other in it, and what npm installed where it is.
 */
export async function plantedHouse(
  root: string,
  files: { path: string; content: string }[],
): Promise<AsyncDisposable & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pet-canaries-'))
  const dispose = () => rm(folder, { recursive: true, force: true })
  try {
    await cp(join(root, '.ci'), join(folder, '.ci'), { recursive: true })
    await Promise.all(['.', ...rooms].map((part) => furnish(join(root, part), join(folder, part))))
    await linkRooms(folder)
    for (const { path, content } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), content)
    }
    return { folder, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** What tools read: manifests, settings, ignore files. */
async function furnish(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  const entries = await readdir(from, { withFileTypes: true })
  const settings = entries.filter(
    (entry) => entry.isFile() && /^\.|\.json$|\.config\.ts$/.test(entry.name),
  )
  await Promise.all(settings.map(({ name }) => cp(join(from, name), join(to, name))))
  if (entries.some(({ name }) => name === 'node_modules')) {
    await linkAll(join(from, 'node_modules'), join(to, 'node_modules'))
  }
}

/** Each package is a link of its own, since `@pet` must lead into the new house and the rest must not. */
async function linkAll(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  const names = (await readdir(from)).filter((name) => !/^(\.|@pet$)/.test(name))
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))))
}

async function linkRooms(folder: string): Promise<void> {
  await mkdir(join(folder, 'node_modules', '@pet'), { recursive: true })
  await Promise.all(
    rooms.map((room) => symlink(join(folder, room), join(folder, 'node_modules', '@pet', room))),
  )
}
