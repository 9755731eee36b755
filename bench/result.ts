/** One row of a benchmark: ours beside a peer's, measured in the same run. */
export interface Result {
  name: string
  value: number
  unit: string
  peer: string
  peerValue: number
  /** Median of the rounds' ratios: ours / the peer's. */
  ratio: number
  /** The ratio to reach. */
  goal: number
  met: boolean
}

/** The rows as a table for people. */
export function toTable(results: Result[]): string {
  const header = ['what', 'ours', 'peer', 'peer’s', 'ratio', 'goal', '']
  const rows = results.map(({ name, value, unit, peer, peerValue, ratio, goal, met }) => [
    name,
    `${rounded(value)} ${unit}`,
    peer,
    `${rounded(peerValue)} ${unit}`,
    `${ratio.toFixed(2)}×`,
    `≥ ${goal}×`,
    met ? 'met' : 'missed',
  ])
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  )
  return [header, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n')
}

function rounded(value: number): string {
  return Math.round(value).toLocaleString('en')
}
