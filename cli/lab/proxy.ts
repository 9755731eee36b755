import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { anySeed, checkLimit } from '@pet/lab/limits'
import { ProxyProblem } from '@pet/lab/proxy-problem'
import { startProxyServer } from '@pet/lab/proxy-server'
import { CommandProblem, badInput } from '../problem.ts'
import { cancellation } from '../cancellation.ts'
import { withExitCode } from './problem.ts'

type ProxyOptions = { host: string; port: string; config?: string; seed?: string; json?: true }

export function registerProxyCommand(lab: Command): void {
  lab
    .command('proxy')
    .description("a TCP and HTTP proxy that breaks what it passes on; speaks Toxiproxy's API")
    .option('--host <address>', 'where the API listens', '127.0.0.1')
    .option('--port <number>', 'its port; 0 takes any free one', '8474')
    .option('--config <file>', 'a JSON array of proxies to begin with, as POST /populate takes it')
    .option(
      '--seed <number>',
      'the same seed hits the same connections and requests (default: any)',
    )
    .option('--json', 'print one JSON object when it listens')
    .addHelpText(
      'after',
      `
It runs until Ctrl-C. Every client of Toxiproxy can drive it.

Examples:
  npx pet lab proxy --seed 7
  curl -d '{"name":"db","listen":"127.0.0.1:5433","upstream":"127.0.0.1:5432"}' localhost:8474/proxies
  curl -d '{"type":"latency","attributes":{"latency":40}}' localhost:8474/proxies/db/toxics`,
    )
    .action((options: ProxyOptions) => withExitCode(() => inSentences(() => serve(options))))
}

async function serve({ host, port, config, seed: text, json }: ProxyOptions): Promise<void> {
  const seed = text === undefined ? anySeed() : checkLimit('seed', numberFrom(text))
  const populate = config === undefined ? undefined : await readConfig(config)
  using cancelled = cancellation()
  await using server = await startProxyServer({ host, port: portFrom(port), seed, populate })
  const proxies = server.proxies.all().map((proxy) => proxy.describe())
  if (json) console.log(JSON.stringify({ url: server.url, seed, proxies }))
  else {
    console.log(`The proxy's API is at ${server.url} (seed ${seed}). Ctrl-C ends it.`)
    for (const { name, listen, upstream } of proxies) {
      console.log(`  ${name}: ${listen} → ${upstream}`)
    }
  }
  if (cancelled.signal.aborted) return
  await new Promise((settle) => cancelled.signal.addEventListener('abort', settle, { once: true }))
}

async function readConfig(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandProblem(
      `--config: ${file} can't be read: ${reason}`,
      'Give a file with a JSON array of proxies: [{"name", "listen", "upstream"}, …].',
      badInput,
    )
  }
}

function portFrom(text: string): number {
  const port = numberFrom(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ProxyProblem(400, `--port: ${text} was given, but it is a whole number from 0 to 65535`)
}

function numberFrom(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

async function inSentences(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof ProxyProblem)) throw error
    throw new CommandProblem(error.message, '', badInput)
  }
}
