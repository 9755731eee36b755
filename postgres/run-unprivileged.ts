import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { userInfo } from 'node:os'

/**
 * Starts one of PostgreSQL's programs, which refuse to run as root, or as a user without a name.
 * Such users run them in a user namespace of their own, in which their files belong to an ordinary
 * user: nothing changes hands on disk, and every folder that they can enter stays open to them. The
 * environment is the caller's without the variables that PostgreSQL reads, in C and UTC.
 */
export function spawnUnprivileged(
  program: string,
  programArguments: string[],
  options: SpawnOptions,
): ChildProcess {
  const [command, ...prefix] = [...namespacePrefix(), program]
  return spawn(command ?? program, [...prefix, ...programArguments], {
    ...options,
    env: environment(),
    windowsHide: true,
  })
}

/** Runs one of them to its end; of what it wrote, the last is kept. */
export async function runUnprivileged(
  program: string,
  programArguments: string[],
): Promise<{ code: number | null; output: string }> {
  const child = spawnUnprivileged(program, programArguments, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000))
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

/** Whether this process may start PostgreSQL's programs: some containers forbid the namespace. */
export function canRunUnprivileged(): boolean {
  const [command, ...prefix] = namespacePrefix()
  return command === undefined || spawnSync(command, [...prefix, 'true']).status === 0
}

function namespacePrefix(): string[] {
  const isOrdinary = process.getuid?.() !== 0 && hasName()
  return isOrdinary ? [] : ['unshare', '--user', '--map-user=65534']
}

function hasName(): boolean {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
