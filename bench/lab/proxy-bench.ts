import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@pet/postgres/free-port'
import { connectTo } from './probe.ts'

/** A server, our proxy before it, and HAProxy before it where that is installed: a process for each. */
export interface ProxyBench extends AsyncDisposable {
  direct: number
  ours: number
  haproxy: { port: number } | { missing: string }
  /** Puts this toxic to work for as long as the result lives. */
  withToxic(toxic: object): Promise<AsyncDisposable>
  /** The processor time that our proxy has used so far, in ms. */
  busyMs(): Promise<number>
}

export async function openProxyBench(): Promise<ProxyBench> {
  await using opened = new AsyncDisposableStack()
  const server = start(opened, new URL('./peer-process.ts', import.meta.url))
  const { port: direct } = (await told(server)) as { port: number }
  const proxy = start(opened, new URL('./proxy-process.ts', import.meta.url))
  const { url } = (await told(proxy)) as { url: string }
  const upstream = `127.0.0.1:${direct}`
  const { listen } = (await post(`${url}/proxies`, { name: 'bench', upstream })) as {
    listen: string
  }
  const haproxy = await startHaproxy(opened, direct)
  const kept = opened.move()
  return {
    direct,
    ours: Number(listen.split(':').at(-1)),
    haproxy,
    withToxic: async (toxic) => {
      const toxics = `${url}/proxies/bench/toxics`
      await post(toxics, { ...toxic, name: 'bench' })
      const remove = async (): Promise<void> =>
        void (await fetch(`${toxics}/bench`, { method: 'DELETE' }))
      return { [Symbol.asyncDispose]: remove }
    },
    busyMs: async () => {
      proxy.send('how long?')
      return ((await told(proxy)) as { busyMs: number }).busyMs
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

function start(opened: AsyncDisposableStack, program: URL): ChildProcess {
  const child = fork(fileURLToPath(program))
  opened.defer(async () => {
    child.disconnect()
    if (child.exitCode === null) await once(child, 'exit')
  })
  return child
}

async function told(child: ChildProcess): Promise<unknown> {
  const [message] = (await once(child, 'message', {
    signal: AbortSignal.timeout(10_000),
  })) as unknown[]
  return message
}

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`)
  return response.json()
}

async function startHaproxy(
  opened: AsyncDisposableStack,
  upstream: number,
): Promise<ProxyBench['haproxy']> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'pet-bench-haproxy-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'haproxy.cfg')
  await writeFile(file, configuration(port, upstream))
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' })
  const failed = once(child, 'error').then(([error]) => (error as Error).message)
  opened.defer(async () => {
    if (child.pid === undefined || child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const missing = await Promise.race([failed, delay(20, undefined)])
    if (missing !== undefined) return { missing: `haproxy can't be started: ${missing}` }
    const socket = await connectTo(port).catch(() => undefined)
    socket?.destroy()
    if (socket) return { port }
  }
  return { missing: 'haproxy does not listen' }
}

function configuration(port: number, upstream: number): string {
  return [
    'defaults',
    '  mode tcp',
    '  maxconn 4000',
    '  timeout connect 5s',
    '  timeout client 1m',
    '  timeout server 1m',
    'listen bench',
    `  bind 127.0.0.1:${port}`,
    `  server bench 127.0.0.1:${upstream}`,
    '',
  ].join('\n')
}
