import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLab, type Lab } from '../run/open-lab.ts'

/** A home of its own for a test, gone at its end. */
export async function temporaryHome(): Promise<{ home: string } & AsyncDisposable> {
  const home = await mkdtemp(join(tmpdir(), 'pet-lab-'))
  return { home, [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }) }
}

/** A lab in a home of its own. */
export async function temporaryLab(): Promise<Lab> {
  await using stack = new AsyncDisposableStack()
  const { home } = stack.use(await temporaryHome())
  const lab = stack.use(await openLab({ home }))
  const held = stack.move()
  return { ...lab, [Symbol.asyncDispose]: () => held.disposeAsync() }
}
