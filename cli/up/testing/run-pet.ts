import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface PetRun {
  child: ChildProcess
  /** Everything it has written so far. */
  output(): string
  /** Settles when it has written this; rejects when it ends before. */
  says(text: string): Promise<void>
  exited: Promise<number | NodeJS.Signals | null>
}

const launcher = fileURLToPath(new URL('../../pet.js', import.meta.url))

/** Runs `pet …` as a process that leads a group of its own, as in a terminal. */
export function runPet(
  commands: string[],
  environment: NodeJS.ProcessEnv,
  folder: string = process.cwd(),
): PetRun {
  const { npm_command: _, DATABASE_URL: __, ...inherited } = process.env
  const child = spawn(process.execPath, [launcher, ...commands], {
    env: { ...inherited, NODE_ENV: 'test', ...environment },
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const heard = new Set<() => void>()
  const collect = (chunk: Buffer) => {
    output += chunk.toString()
    for (const listener of heard) listener()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const exited = new Promise<number | NodeJS.Signals | null>((settle) =>
    child.once('close', (code, signal) => settle(signal ?? code)),
  )
  const says = (text: string) =>
    new Promise<void>((settle, reject) => {
      const look = () => {
        if (!output.includes(text)) return
        heard.delete(look)
        settle()
      }
      heard.add(look)
      void exited.then((how) => reject(new Error(`ended (${how}) having said: ${output}`)))
      look()
    })
  return { child, output: () => output, says, exited }
}

/** Every living process that was started for this home, however deep: the environment tells. */
export function processesOf(home: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => readProcess(pid, 'environ').includes(`PET_HOME=${home}\0`))
    .map((pid) => readProcess(pid, 'cmdline').replaceAll('\0', ' '))
    .filter((command) => command !== '')
}

function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return '' // it has ended meanwhile, or is somebody else's
  }
}
