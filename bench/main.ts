import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startServer } from '@pet/postgres/server'
import { benchmarkCatchUp } from './catch-up.ts'
import { benchmarkLab } from './lab.ts'
import { benchmarkLedger } from './ledger.ts'
import { toTable } from './result.ts'
import { benchmarkStart } from './start.ts'

const usage = `npm run bench -- [ledger | catch-up | start | lab …] [--json] [--rounds 7] [--round-ms 2000] [--ten-million]

Measures side by side on an embedded PostgreSQL of its own, with durable commits. Run it with
nothing else on the machine. --ten-million lets the ledger's log grow to ten million events; that
takes minutes and 10 GB.
Exit code: 0 when every goal is met, 1 when one is missed, 2 on a wrong argument.`

const benchmarks = {
  ledger: benchmarkLedger,
  'catch-up': benchmarkCatchUp,
  start: benchmarkStart,
  lab: benchmarkLab,
}
type Name = keyof typeof benchmarks

process.exitCode = await main()

async function main(): Promise<number> {
  const request = readArguments()
  if (typeof request === 'string') {
    console.error(request)
    return 2
  }
  if (request.help) {
    console.log(usage)
    return 0
  }
  const { names, json, ...measuring } = request
  const home = await mkdtemp(join(tmpdir(), 'pet-bench-'))
  try {
    await using server = await startServer({ folder: join(home, 'postgres') })
    const results = []
    for (const name of names) {
      const onProgress = (message: string): void => console.error(message)
      results.push(...(await benchmarks[name]({ serverUrl: server.url, ...measuring, onProgress })))
    }
    const [processor] = cpus()
    console.error(`${cpus().length} × ${processor?.model ?? 'unknown'}, Node ${process.version}`)
    console.log(json ? JSON.stringify(results) : toTable(results))
    return results.every(({ met }) => met) ? 0 : 1
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

type Request = {
  names: Name[]
  json: boolean
  rounds: number
  roundMs: number
  tenMillion: boolean
  help: boolean
}

function readArguments(): Request | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '7' },
        'round-ms': { type: 'string', default: '2000' },
        'ten-million': { type: 'boolean', default: false },
      },
    })
    const known = Object.keys(benchmarks) as Name[]
    const names = known.filter((name) => positionals.length === 0 || positionals.includes(name))
    const unknown = positionals.find((name) => !known.some((other) => other === name))
    if (unknown) return `There is no benchmark "${unknown}"; there is ${known.join(', ')}.`
    const rounds = Number(values.rounds)
    const roundMs = Number(values['round-ms'])
    if (!Number.isInteger(rounds) || rounds < 1 || rounds > 101) return '--rounds is 1 to 101.'
    if (!Number.isInteger(roundMs) || roundMs < 100 || roundMs > 600_000) {
      return '--round-ms is 100 to 600000.'
    }
    const { json, help, 'ten-million': tenMillion } = values
    return { names, json, rounds, roundMs, tenMillion, help }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
