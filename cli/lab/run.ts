import type { Command } from 'commander'
import type { RunResult } from '@pet/lab/api-types'
import { LabProblem, reasonOf } from '@pet/lab/lab-problem'
import { anySeed, checkLimit } from '@pet/lab/limits'
import { openLab, type Lab } from '@pet/lab/open-lab'
import { parseParameterTexts } from '@pet/lab/parameters'
import { recordRun, skips } from '@pet/lab/record-run'
import type { RunOrder } from '@pet/lab/run-scenario'
import type { Scenario } from '@pet/lab/scenario'
import { reachTarget } from '@pet/lab/target'
import { loadRegistry } from '@pet/scenarios/registry'
import { petHome } from '../home.ts'
import { badInput, notAsHoped, ownFailure } from '../problem.ts'
import { cancellation } from '../cancellation.ts'
import { chooseScenarios } from './choose-scenarios.ts'
import { collect, numberFrom, partAssignments, partParameterFlags } from './parameter-flags.ts'
import { withExitCode } from './problem.ts'
import { progressOnStandardError } from './progress.ts'
import { tellRecoveries } from './recoveries.ts'
import { openReports, type ReportPaths } from './report-files.ts'
import { verdictInWords } from './verdict-table.ts'

type RunOptions = ReportPaths & {
  category?: string
  all?: true
  seed?: string
  param: string[]
  rounds?: string
  quick?: true
  target?: string
  json?: true
}

export function registerRunCommand(lab: Command): void {
  lab
    .command('run')
    .description('run scenarios: control, failure and remedy in interleaved rounds')
    .argument('[names...]')
    .option('--category <name>', 'every scenario of a category')
    .option('--all', 'every scenario')
    .option('--seed <number>', 'the same seed injects the same (default: any)')
    .option('--param <name=value>', 'a parameter; may be repeated', collect, [])
    .option('--rounds <number>', 'rounds to begin with')
    .option('--quick', 'few rounds and small sizes: the same bounds, wider intervals')
    .option('--target <url>', 'a running service to act on: http://, tcp:// or postgres://')
    .option('--json', 'print one JSON document: a record, or an array of them')
    .option('--junit <file>', 'write the results as JUnit XML')
    .option('--html <file>', 'write them as one HTML page')
    .option('--markdown <file>', 'write them as a Markdown summary')
    .allowUnknownOption() // a scenario's parameters are flags too
    .addHelpText(
      'after',
      `
Exit codes:
  0    all came out as hypothesised; what was skipped, with its reason, does not count
  1    something did not
  2    the input is wrong, or all of it was skipped; nothing was injected
  3    the lab itself failed at something; the other scenarios were run
  130  cancelled, and everything taken back

Examples:
  npx pet lab run deadlock --seed 7
  npx pet lab run deadlock --writers 32 --json
  npx pet lab run --category database --quick --junit report.xml --html report.html`,
    )
    .action((words: string[], options: RunOptions) => withExitCode(() => run(words, options)))
}

async function run(words: string[], options: RunOptions): Promise<void> {
  const { names, parameters: flags } = partParameterFlags(words)
  const scenarios = chooseScenarios(await loadRegistry(), names, options)
  const orders = await ordersOf(scenarios, { ...flags, ...partAssignments(options.param) }, options)
  const reports = await openReports(options)
  using cancelled = cancellation()
  await using lab = await openLab({ home: petHome() })
  tellRecoveries(lab)
  const results: RunResult[] = []
  try {
    for (const { scenario, order } of orders) {
      const result = await runOne(lab, scenario, { ...order, signal: cancelled.signal })
      if (!options.json) console.log(`${inWords(result)}\n`)
      results.push(result)
    }
  } finally {
    await reports.write(results)
  }
  const many = options.all || options.category !== undefined || names.length > 1
  if (options.json) console.log(JSON.stringify(many ? results : results[0]))
  process.exitCode = exitCodeOf(results)
}

type Order = { scenario: Scenario; order: Omit<RunOrder, 'signal' | 'listener'> }

/** Everything that was asked for, checked: nothing is started before all of it is right. */
async function ordersOf(
  scenarios: readonly Scenario[],
  texts: Record<string, string>,
  options: RunOptions,
): Promise<Order[]> {
  const depth = options.quick ? 'quick' : 'full'
  const seed = options.seed === undefined ? anySeed() : checkLimit('seed', numberFrom(options.seed))
  const rounds =
    options.rounds === undefined ? undefined : checkLimit('rounds', numberFrom(options.rounds))
  const checked = scenarios.map((scenario) => ({
    scenario,
    parameters: parseParameterTexts(scenario, texts, depth),
  }))
  const target = options.target === undefined ? undefined : await reachTarget(options.target)
  return checked.map(({ scenario, parameters }) => ({
    scenario,
    order: {
      seed,
      depth,
      parameters,
      ...(rounds !== undefined && { rounds }),
      ...(target && { target }),
    },
  }))
}

/** One that fails is told, and does not keep the others from their turn. */
async function runOne(
  lab: Lab,
  scenario: Scenario,
  order: Omit<RunOrder, 'listener'>,
): Promise<RunResult> {
  const { name, category } = scenario
  using progress = progressOnStandardError(name)
  try {
    return await recordRun(lab, scenario, { ...order, listener: progress })
  } catch (error) {
    if (error instanceof LabProblem && skips(error.code)) {
      return { name, category, skipped: error.message }
    }
    if (order.signal.aborted || (error instanceof LabProblem && error.code === 'busy')) throw error
    return { name, category, failed: reasonOf(error) }
  }
}

function inWords(result: RunResult): string {
  if ('skipped' in result) return `Skipped: ${result.skipped}`
  if ('failed' in result) return `The lab itself failed at ${result.name}: ${result.failed}`
  return verdictInWords(result)
}

function exitCodeOf(results: readonly RunResult[]): number {
  if (results.some((result) => 'failed' in result)) return ownFailure
  if (results.every((result) => 'skipped' in result)) return badInput
  return results.some((result) => 'verdict' in result && !result.asHypothesised) ? notAsHoped : 0
}
