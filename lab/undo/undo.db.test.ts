import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { describe, expect, inject as provided, test, vi } from 'vitest'
import { createDatabase, dropDatabase } from '@pet/postgres/database'
import { usingPool } from '@pet/postgres/pool'
import { runningServer } from '@pet/postgres/server'
import { labFolders, openLab, restoreLab } from '../run/open-lab.ts'
import { temporaryHome } from '../testing/temporary-lab.ts'
import { inject } from './fault.ts'
import { openJournal } from './journal.ts'
import { startWatchdog } from './watchdog.ts'

const patience = { timeout: 20_000, interval: 50 }

/** Starts a lab in a process of its own; it prints a word at each phase and then waits. */
async function startVictim(home: string, work: string) {
  const lab = new URL('../run/open-lab.ts', import.meta.url)
  const code = `
    const { openLab } = await import(${JSON.stringify(lab.href)})
    const lab = await openLab({ home: ${JSON.stringify(home)} })
    ${work}
    setInterval(() => {}, 1_000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

const phases: Record<string, string> = {
  'before a server starts': `console.log('opened')`,
  'while the server starts': `lab.bench(); await new Promise((r) => setTimeout(r, 150)); console.log('starting')`,
  'with the server running': `await lab.bench(); console.log('running')`,
}

describe('SIGKILL of the lab', () => {
  test.each(Object.entries(phases))('%s: its watchdog takes everything back', async (_, work) => {
    await using temporary = await temporaryHome()
    const folders = labFolders(temporary.home)
    const victim = await startVictim(temporary.home, work)
    const servers = await readdir(folders.servers).catch(() => [])
    const ended = once(victim, 'exit')
    victim.kill('SIGKILL')
    await ended
    await vi.waitFor(async () => {
      expect(await readdir(folders.journals)).toEqual([])
      expect(await readdir(folders.servers).catch(() => [])).toEqual([])
    }, patience)
    for (const name of servers) {
      expect(await runningServer(`${folders.servers}/${name}/data`)).toBeUndefined()
    }
    await using _next = await openLab(temporary)
  })
})

/** A session of somebody whom a fault lets in, on a database of its own. */
async function intruder() {
  const serverUrl = provided('postgresUrl')
  const name = `intruded_${process.pid}_${Math.trunc(performance.now() * 1000)}`
  const url = await createDatabase(serverUrl, name)
  const applicationName = `intruder ${name}`
  const sessions = usingPool(url, { max: 1, applicationName })
  const state = { ended: false }
  const fault = {
    name: 'an intruder',
    limitMs: 60_000,
    undo: { kind: 'end-sessions' as const, url: serverUrl, applicationName },
    start: async () => {
      const client = await sessions.pool.connect()
      client.once('error', () => (state.ended = true))
    },
  }
  return { fault, state, [Symbol.asyncDispose]: () => dropDatabase(serverUrl, name) }
}

describe('a fault', () => {
  test('is on the disk before it acts, and off it once undone', async () => {
    await using temporary = await temporaryHome()
    await using someone = await intruder()
    const journal = await openJournal(labFolders(temporary.home).journals)
    let before: unknown
    const start = async () => {
      before = (await journal.outstanding()).map(({ undo }) => undo)
      await someone.fault.start()
    }
    {
      await using _fault = await inject(journal, { ...someone.fault, start })
      expect(before).toEqual([someone.fault.undo])
      expect(someone.state.ended).toBe(false)
    }
    await vi.waitFor(() => expect(someone.state.ended).toBe(true), patience)
    expect(await journal.outstanding()).toEqual([])
  })

  test('ends at its time limit, whatever the scenario does', async () => {
    await using temporary = await temporaryHome()
    await using someone = await intruder()
    const journal = await openJournal(labFolders(temporary.home).journals)
    await using _fault = await inject(journal, { ...someone.fault, limitMs: 200 })
    await vi.waitFor(() => expect(someone.state.ended).toBe(true), patience)
  })

  test('that a hung lab leaves past its limit is ended by the watchdog', async () => {
    await using temporary = await temporaryHome()
    await using someone = await intruder()
    const journal = await openJournal(labFolders(temporary.home).journals)
    await journal.record(someone.fault.undo, 100)
    await someone.fault.start()
    using _watchdog = startWatchdog(journal.file, labFolders(temporary.home).store)
    await vi.waitFor(async () => {
      expect(someone.state.ended).toBe(true)
      expect(await journal.outstanding()).toEqual([])
    }, patience)
  })

  test('that nobody undid is undone by restore, once', async () => {
    await using temporary = await temporaryHome()
    await using someone = await intruder()
    const journal = await openJournal(labFolders(temporary.home).journals)
    await journal.record(someone.fault.undo, 60_000)
    await someone.fault.start()
    expect(await restoreLab(temporary)).toMatchObject({ undone: ['end-sessions'], failed: [] })
    await vi.waitFor(() => expect(someone.state.ended).toBe(true), patience)
    expect(await restoreLab(temporary)).toMatchObject({ undone: [], failed: [] })
  })

  test('that can’t be undone now stays in the journal, with the reason', async () => {
    await using temporary = await temporaryHome()
    const journal = await openJournal(labFolders(temporary.home).journals)
    const url = 'postgres://nobody:secret@127.0.0.1:1/postgres'
    await journal.record({ kind: 'end-sessions', url, applicationName: 'x' }, 60_000)
    const { undone, failed } = await restoreLab(temporary)
    expect(undone).toEqual([])
    expect(failed[0]?.reason).toContain('nothing listens there')
    expect(JSON.stringify(failed)).not.toContain('secret')
    expect(await journal.outstanding()).toHaveLength(1)
  })

  test('that can’t be taken back at the end of its arm is tried again, then said aloud', async () => {
    await using temporary = await temporaryHome()
    const journal = await openJournal(labFolders(temporary.home).journals)
    const url = 'postgres://nobody:secret@127.0.0.1:1/postgres'
    const fault = await inject(journal, {
      name: 'an intruder',
      limitMs: 60_000,
      undo: { kind: 'end-sessions', url, applicationName: 'x' },
      start: async () => {},
    })
    const refused = fault[Symbol.asyncDispose]()
    await expect(refused).rejects.toMatchObject({ code: 'not-undone' })
    await expect(refused).rejects.toThrow('could not be taken back (end-sessions) in 5 attempts')
    expect(await journal.outstanding()).toHaveLength(1)
  })

  test.each([0, -1, Number.NaN, Infinity, 10 * 60_000 + 1])(
    'with a time limit of %d ms does not start',
    async (limitMs) => {
      await using temporary = await temporaryHome()
      const journal = await openJournal(labFolders(temporary.home).journals)
      let started = false
      const start = async () => {
        started = true
      }
      const undo = { kind: 'end-processes' as const, marker: 'nothing' }
      const injected = inject(journal, { name: 'a burner', limitMs, undo, start })
      await expect(injected).rejects.toMatchObject({ code: 'bad-scenario' })
      expect({ started, left: await journal.outstanding() }).toEqual({ started: false, left: [] })
    },
  )
})

test('a watchdog that is killed is replaced, and the new one does its work', async () => {
  await using temporary = await temporaryHome()
  await using someone = await intruder()
  const { journals, store } = labFolders(temporary.home)
  const journal = await openJournal(journals)
  const watchdog = startWatchdog(journal.file, store)
  const first = watchdog.pid()
  process.kill(first ?? 0, 'SIGKILL')
  await vi.waitFor(() => expect(watchdog.pid()).not.toBe(first), patience)
  await journal.record(someone.fault.undo, 60_000)
  await someone.fault.start()
  watchdog[Symbol.dispose]() // as the end of the lab would
  await vi.waitFor(async () => {
    expect(someone.state.ended).toBe(true)
    expect(await readdir(journals)).toEqual([])
  }, patience)
})
