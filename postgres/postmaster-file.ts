import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Postmaster = { pid: number; port: number; ready: boolean }

/**
 * What the server of a data folder says about itself in `postmaster.pid`, whose lines are: process
 * id, data folder, start, port, socket folder, address, shared memory, status
 * (https://www.postgresql.org/docs/18/storage-file-layout.html). `undefined` when none runs there:
 * a file that a dead server left behind counts for nothing, nor does a process that has got its
 * number since.
 */
export function readPostmaster(folder: string): Postmaster | undefined {
  let lines: string[]
  try {
    lines = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return undefined
  }
  const pid = Number(lines[0])
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isServer(pid)) return undefined
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function isServer(pid: number): boolean {
  if (!isAlive(pid)) return false
  try {
    return /postgres/i.test(commandOf(pid))
  } catch {
    return false
  }
}

function commandOf(pid: number): string {
  switch (process.platform) {
    case 'linux':
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    case 'win32':
      return execFileSync('tasklist', ['/fi', `pid eq ${pid}`, '/fo', 'csv', '/nh'], {
        encoding: 'utf8',
      })
    default:
      return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
  }
}
