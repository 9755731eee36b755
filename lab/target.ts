import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { lockFolder } from '@pet/postgres/folder-lock'
import type { Target, TargetAddress } from './api-types.ts'
import { LabProblem } from './lab-problem.ts'

const kinds: Record<string, { kind: Target; usualPort?: number }> = {
  'http:': { kind: 'http', usualPort: 80 },
  'https:': { kind: 'http', usualPort: 443 },
  'tcp:': { kind: 'tcp' },
  'postgres:': { kind: 'database', usualPort: 5432 },
  'postgresql:': { kind: 'database', usualPort: 5432 },
}
const patienceMs = 3_000

/**
 * A target as it was given, checked: known in kind, and something listens there.
 *
 * @throws LabProblem `bad-parameter` or `unreachable-target`; the URL's password is never in its sentence.
 */
export async function reachTarget(text: string): Promise<TargetAddress> {
  const target = parseTarget(text)
  const { host, port } = addressOf(target)
  await canConnect(host, port).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new LabProblem(
      'unreachable-target',
      `Nothing answers at the target ${host}:${port} (${code}). Start it, or correct --target; nothing was injected.`,
      'target',
    )
  })
  return target
}

/** @throws LabProblem `bad-parameter` that says what a target looks like. */
export function parseTarget(text: string): TargetAddress {
  const url = URL.parse(text)
  const known = url && kinds[url.protocol]
  const hasPort = url?.port !== '' || known?.usualPort !== undefined
  if (url && known && url.hostname !== '' && hasPort) return { kind: known.kind, url: text }
  throw new LabProblem(
    'bad-parameter',
    'target: it is a URL such as http://127.0.0.1:8080, tcp://127.0.0.1:6379 or postgres://user@host:5432/database',
    'target',
  )
}

const secretNames = /pass|pwd|secret|token|key|auth|credential|signature/i

/** The target without its passwords, in its address or behind it (`?password=…`), as records and reports show it. */
export function withoutPassword({ kind, url }: TargetAddress): TargetAddress {
  const shown = new URL(url)
  if (shown.password !== '') shown.password = '***'
  for (const name of shown.searchParams.keys().toArray()) {
    if (secretNames.test(name)) shown.searchParams.set(name, '***')
  }
  return { kind, url: shown.href }
}

/**
 * Takes the target's password out of what an error says: `fetch`, for one, repeats an address with a password whole
 * when it refuses it, and what an arm throws is in the record, the log and the trace.
 */
export function withoutPasswordOf<Thrown>(target: TargetAddress, error: Thrown): Thrown {
  const { password } = new URL(target.url)
  if (password === '' || !(error instanceof Error)) return error
  const clean = (text: string) => text.replaceAll(`:${password}@`, ':***@')
  error.message = clean(error.message)
  if (error.stack !== undefined) error.stack = clean(error.stack)
  return error
}

/**
 * Keeps other runs off a target, from whatever home of this user on this machine they come.
 *
 * @throws LabProblem `busy` with who is at work.
 */
export function holdTarget(target: TargetAddress): Disposable {
  const { host, port } = addressOf(target)
  const folder = join(tmpdir(), `pet-lab-targets-${userInfo().uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = createHash('sha256').update(`${host}:${port}`).digest('hex').slice(0, 16)
  const lock = lockFolder(join(folder, name), `process ${process.pid}`)
  if (!('holder' in lock)) return lock
  throw new LabProblem(
    'busy',
    `A run is under way on ${host}:${port} (${lock.holder}): one at a time on a target. Wait for it or stop it first.`,
  )
}

function addressOf({ url }: TargetAddress): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return { host, port: port === '' ? (kinds[protocol]?.usualPort ?? 0) : Number(port) }
}

function canConnect(host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket = connect({ host, port, timeout: patienceMs })
  socket.once('connect', () => resolve())
  socket.once('error', reject)
  socket.once('timeout', () => reject(new Error(`no answer within ${patienceMs / 1_000} s`)))
  return promise.finally(() => socket.destroy())
}
