/** What every benchmark is given. */
export interface BenchmarkOptions {
  /** The superuser's URL of a server with durable commits. */
  serverUrl: string
  rounds: number
  roundMs: number
  /** Whether to measure at ten million events too. */
  tenMillion: boolean
  onProgress: (message: string) => void
}

/** One row of a benchmark: a figure held against a peer's of the same run, or against a limit. */
export type Result = Measured & (BesidePeer | WithinLimit)

interface Measured {
  name: string
  value: number
  unit: string
  met: boolean
}

export interface BesidePeer {
  peer: string
  peerValue: number
  /** Median of the rounds' ratios: ours / the peer's. */
  ratio: number
  /** The ratio to reach. */
  goal: number
}

type WithinLimit = { atMost: number } | { atLeast: number }

/** The rows as a table for people. */
export function toTable(results: Result[]): string {
  const header = ['what', 'ours', 'held against', 'ratio', 'goal', '']
  const rows = results.map((result) => {
    const { name, value, unit, met } = result
    const [against, ratio, goal] =
      'peer' in result
        ? [
            `${result.peer}: ${rounded(result.peerValue)} ${unit}`,
            `${result.ratio.toFixed(2)}×`,
            `≥ ${result.goal}×`,
          ]
        : ['', '', limitOf(result, unit)]
    return [name, `${rounded(value)} ${unit}`, against, ratio, goal, met ? 'met' : 'missed']
  })
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  )
  return [header, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

function limitOf(limit: WithinLimit, unit: string): string {
  return 'atMost' in limit ? `≤ ${limit.atMost} ${unit}` : `≥ ${limit.atLeast} ${unit}`
}

function rounded(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 })
}
