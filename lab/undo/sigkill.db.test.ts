import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, test, vi } from 'vitest'
import { labFolders, openLab } from '../run/open-lab.ts'
import { takeUntoldRecoveries } from '../store/recoveries.ts'
import { listRuns } from '../store/runs.ts'
import { openStore } from '../store/store.ts'
import { temporaryHome } from '../testing/temporary-lab.ts'
import { processesWith } from './end-processes.ts'

/** The toy's fault lasts at most this long, and two seconds more is what taking it back may take. */
const faultLimitMs = 10_000
const patience = { timeout: faultLimitMs + 2_000, interval: 50 }

const victimProgram = fileURLToPath(new URL('../testing/victim.ts', import.meta.url))

/** A lab in a process of its own that stands still at a step of its run. */
async function startVictim(home: string, stopAt: string) {
  const marker = randomUUID()
  const child = spawn(process.execPath, [victimProgram, home, marker, stopAt], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'standing still') break
  }
  return { child, marker }
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** Its own processes aside, whose arguments hold the marker too. */
async function burnersOf({ child, marker }: { child: ChildProcess; marker: string }) {
  return (await processesWith(marker)).filter((pid) => pid !== child.pid)
}

type Step = [step: string, burners: number, ended: 'failed' | 'finished']

/** Those at which something else is left than at the one before; in full, all others too. */
const steps: Step[] = [
  ['starting', 0, 'failed'],
  ['running failure 1 burning', 1, 'failed'],
  ['recording', 0, 'failed'],
  ['ending', 0, 'finished'],
]
const otherSteps: Step[] = [
  ['preparing', 0, 'failed'],
  ['running control 0 burning', 0, 'failed'],
  ['running remedy', 0, 'failed'],
  ['restoring', 0, 'failed'],
  ['done', 0, 'failed'],
]
const stepsHere = inject('depth') === 'full' ? [...steps, ...otherSteps] : steps

describe.concurrent('SIGKILL of a run', () => {
  test.each(stepsHere)('%s: taken back within the fault’s limit', async (step, burners, ended) => {
    await using temporary = await temporaryHome()
    const folders = labFolders(temporary.home)
    const victim = await startVictim(temporary.home, step)
    expect(await burnersOf(victim)).toHaveLength(burners)
    await kill(victim.child)
    await vi.waitFor(async () => {
      expect(await burnersOf(victim)).toEqual([])
      expect(await readdir(folders.journals)).toEqual([])
      expect(await readdir(folders.servers).catch(() => [])).toEqual([])
    }, patience)
    await vi.waitFor(() => recoveryIsNoted(folders.store, burners, step), patience)

    await using next = await openLab(temporary)
    expect(listRuns(next.store, { limit: 9 })).toMatchObject([{ name: 'burning', status: ended }])
    expect(next.store.database.prepare('pragma integrity_check').get()).toEqual({
      integrity_check: 'ok',
    })
  })

  test('and of its watchdog: the next start takes everything back first', async () => {
    await using temporary = await temporaryHome()
    const folders = labFolders(temporary.home)
    const victim = await startVictim(temporary.home, 'running failure 1 burning')
    const [journal = 'none'] = await readdir(folders.journals)
    const watchdogs = await processesWith(journal)
    expect(watchdogs).toHaveLength(1)
    for (const pid of watchdogs) process.kill(pid, 'SIGKILL')
    await kill(victim.child)
    expect(await burnersOf(victim)).toHaveLength(1)

    await using next = await openLab(temporary)
    expect(await burnersOf(victim)).toEqual([])
    expect(takeUntoldRecoveries(next.store)).toMatchObject([
      { by: 'next start', undone: expect.arrayContaining(['end-processes']), failed: [] },
    ])
    expect(await readdir(folders.journals)).not.toContain(journal)
  })
})

function recoveryIsNoted(file: string, burners: number, step: string): void {
  if (step === 'starting') return // nothing had been done yet
  using store = openStore(file)
  const row = store.database.prepare('select * from recovery').get()
  expect(JSON.parse(String(row?.['undone']))).toEqual(
    burners === 1 ? ['end-processes', 'remove-server'] : ['remove-server'],
  )
  expect(row).toMatchObject({ by: 'watchdog', recovery_ms: expect.any(Number) })
}
