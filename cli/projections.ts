import type { ProjectionStatus } from '@pet/ledger/projection-status'
import type { Rebuilt } from '@pet/ledger/rebuild'
import type { Command } from 'commander'
import type { Pool } from 'pg'
import { alignColumns } from './lab/columns.ts'
import { asNoLog } from './no-log.ts'
import { CommandProblem, badInput, notAsHoped } from './problem.ts'
import { withDatabase } from './with-database.ts'

export function registerProjectionsCommand(program: Command): void {
  const projections = program
    .command('projections')
    .description('print how far each read model has followed the log')
    .option('--json', 'print one JSON array')
    .addHelpText(
      'after',
      `
Exit code 1 when one has stopped at an event.

Examples:
  npx pet projections --json
  npx pet projections rebuild activity-feed`,
    )
    .action(async ({ json }: { json?: true }) => {
      const all = await withPool(readAll)
      console.log(json ? JSON.stringify(all) : inWords(all))
      if (all.some(({ state }) => state === 'stopped')) process.exitCode = notAsHoped
    })

  projections
    .command('rebuild')
    .description('build a read model again beside the one that is read, compare, and swap')
    .argument('<name>', 'a name that "pet projections" prints')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
PET may go on meanwhile. What was interrupted goes on where it was.

Example:
  npx pet projections rebuild activity-feed`,
    )
    .action(async (name: string, _options, command: Command) => {
      const rebuilt = await withPool((pool) => rebuild(pool, name))
      const { json } = command.optsWithGlobals<{ json?: true }>()
      console.log(json ? JSON.stringify({ name, ...rebuilt }) : resultInWords(name, rebuilt))
    })
}

async function withPool<Result>(work: (pool: Pool) => Promise<Result>): Promise<Result> {
  const { usingPool } = await import('@pet/postgres/pool')
  return withDatabase(async (ownerUrl) => {
    await using database = usingPool(ownerUrl, { max: 3 })
    try {
      return await work(database.pool)
    } catch (error) {
      throw asNoLog(error)
    }
  })
}

async function readAll(pool: Pool): Promise<ProjectionStatus[]> {
  const { readProjections } = await import('@pet/ledger/projection-status')
  return readProjections(pool)
}

async function rebuild(pool: Pool, name: string): Promise<Rebuilt> {
  const { createLedger } = await import('@pet/ledger/ledger')
  const { rebuildProjection } = await import('@pet/ledger/rebuild')
  const { petEvents } = await import('@pet/pet/events')
  const { petProjections } = await import('@pet/pet/projections')
  const known = await readAll(pool)
  const inline = known.some((one) => one.name === name && one.kind === 'inline')
  const projection = inline
    ? { kind: 'inline' as const, name }
    : petProjections.find((one) => one.name === name)
  if (!projection) {
    throw new CommandProblem(
      `There is no projection "${name}".`,
      `There is ${known.map((one) => one.name).join(', ')}.`,
      badInput,
    )
  }
  const ledger = createLedger({ pool, events: petEvents })
  return rebuildProjection({ ledger, pool, projection, onProgress: sayNowAndThen() })
}

/** Progress goes to standard error, once a second, so that standard output stays the answer. */
function sayNowAndThen(): (position: number, head: number) => void {
  let saidAt = performance.now()
  return (position, head) => {
    if (performance.now() - saidAt < 1_000) return
    saidAt = performance.now()
    console.error(`built from ${position} of ${head} events`)
  }
}

function inWords(all: ProjectionStatus[]): string {
  const header = ['name', 'kind', 'version', 'position', 'lag', 'state']
  const rows = all.map(({ name, kind, version, position, lag, lagMs, state, problem, rebuild }) => [
    name,
    kind,
    version === null ? '' : String(version),
    String(position),
    lag === 0 ? '0' : `${lag}, ${inTime(lagMs)}`,
    [
      problem === null ? state : `${state}. ${problem}`,
      ...(rebuild ? [`rebuilt beside: ${progressOf(rebuild)}`] : []),
    ].join('; '),
  ])
  return alignColumns([header, ...rows]).join('\n')
}

function progressOf({ position, head }: { position: number; head: number }): string {
  return `${position} of ${head} (${head === 0 ? 100 : Math.floor((100 * position) / head)} %)`
}

/** How long ago, in the largest unit that is not below one. */
function inTime(ageMs: number): string {
  const seconds = Math.floor(ageMs / 1_000)
  if (seconds < 60) return `${seconds} s`
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`
}

function resultInWords(name: string, { position, tables }: Rebuilt): string {
  const differing = tables.filter(({ removed, added }) => removed + added > 0)
  const found =
    differing.length === 0
      ? 'It was what it should be.'
      : differing
          .map(({ table, removed, added }) => `${table}: ${removed} rows removed, ${added} added.`)
          .join(' ')
  return `${name} follows from ${position} events. ${found}`
}
