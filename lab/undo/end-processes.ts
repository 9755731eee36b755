import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

/** Processes that a fault started; `marker` is an argument that no other process has, such as a UUID. */
export type EndProcesses = { kind: 'end-processes'; marker: string }

/** A child that was being started when its starter was killed may take this long to show. */
const startingMs = 100
const mostScans = 20

/**
 * Kills every process with the marker among its arguments, whether it runs or is stopped. Found by what they were
 * started with, since their numbers are not known before they start, and a number may be somebody else's by now.
 */
export async function endProcesses({ marker }: EndProcesses): Promise<void> {
  for (let scan = 0, quiet = 0; scan < mostScans; scan++) {
    const found = await processesWith(marker)
    for (const pid of found) kill(pid)
    quiet = found.length === 0 ? quiet + 1 : 0
    if (quiet === 2) return
    await delay(startingMs)
  }
  throw new Error(`Processes started with ${marker} do not end`)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    if (!gone) throw error
  }
}

/** The processes with this argument, but for zombies: these hold nothing any more. */
export async function processesWith(marker: string): Promise<number[]> {
  const found = process.platform === 'linux' ? await scanProc() : await scanPs()
  return found
    .filter(({ command, pid }) => command.includes(marker) && pid !== process.pid)
    .map(({ pid }) => pid)
}

type Process = { pid: number; command: string }

async function scanProc(): Promise<Process[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  // A zombie's command line is empty.
  return Promise.all(
    names.map(async (name) => ({
      pid: Number(name),
      command: await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''),
    })),
  )
}

async function scanPs(): Promise<Process[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axww', '-o', 'pid=,stat=,command='], {
    maxBuffer: 64 * 1024 * 1024,
  })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, state = '', command = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return pid === undefined || state.startsWith('Z') ? [] : [{ pid: Number(pid), command }]
  })
}
