import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process'

/**
 * Starts one of PostgreSQL's programs, which all refuse to run as root. As root they run in a user
 * namespace of their own in which root's files belong to an ordinary user: nothing changes hands on
 * disk, and every folder that root can enter stays open to them. The environment is the caller's
 * without the variables that PostgreSQL reads, in C and UTC.
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

/** Whether this process may start PostgreSQL's programs: as root, some containers forbid it. */
export function canRunUnprivileged(): boolean {
  const [command, ...prefix] = namespacePrefix()
  return command === undefined || spawnSync(command, [...prefix, 'true']).status === 0
}

function namespacePrefix(): string[] {
  return process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=65534'] : []
}

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' }
}
