import type { Command } from 'commander'
import type { RunRecord } from '@pet/lab/api-types'
import { LabProblem } from '@pet/lab/lab-problem'
import { anySeed, checkLimit } from '@pet/lab/limits'
import { openLab, type Lab } from '@pet/lab/open-lab'
import { parseParameterTexts } from '@pet/lab/parameters'
import { saveRecord } from '@pet/lab/records'
import type { Registry } from '@pet/lab/registry'
import { runScenario } from '@pet/lab/run-scenario'
import type { Scenario } from '@pet/lab/scenario'
import { loadRegistry } from '@pet/scenarios/registry'
import { petHome } from '../home.ts'
import { notAsHoped } from '../problem.ts'
import { cancellation } from '../cancellation.ts'
import { collect, partAssignments, partParameterFlags } from './parameter-flags.ts'
import { withExitCode } from './problem.ts'
import { progressOnStandardError, sayWhatWasRestored } from './progress.ts'
import { verdictInWords } from './verdict-table.ts'

type RunOptions = {
  category?: string
  all?: true
  seed?: string
  param: string[]
  rounds?: string
  quick?: true
  json?: true
}

/** A run that could not take place here, and why. */
type Skipped = { name: string; skipped: string }

const quickRounds = 2

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
    .option('--quick', 'few rounds: the same bounds, wider intervals')
    .option('--json', 'print one JSON document: a record, or an array of them')
    .allowUnknownOption() // a scenario's parameters are flags too
    .addHelpText(
      'after',
      `
Exit code 0 when all came out as hypothesised, 1 when something did not, 130 when cancelled.

Examples:
  npx pet lab run deadlock --seed 7
  npx pet lab run deadlock --writers 32 --json
  npx pet lab run --category database --quick`,
    )
    .action((words: string[], options: RunOptions) => withExitCode(() => run(words, options)))
}

async function run(words: string[], options: RunOptions): Promise<void> {
  const { names, parameters: flags } = partParameterFlags(words)
  const scenarios = choose(await loadRegistry(), names, options)
  const texts = { ...flags, ...partAssignments(options.param) }
  const orders = scenarios.map((scenario) => ({
    scenario,
    parameters: parseParameterTexts(scenario, texts),
  }))
  const seed = options.seed === undefined ? anySeed() : checkLimit('seed', numberFrom(options.seed))
  const rounds = roundsOf(options)
  using cancelled = cancellation()
  await using lab = await openLab({ home: petHome() })
  sayWhatWasRestored(lab.restored)
  const results: (RunRecord | Skipped)[] = []
  for (const { scenario, parameters } of orders) {
    const { signal } = cancelled
    const order = { seed, parameters, signal, ...(rounds !== undefined && { rounds }) }
    const result = await runOne(lab, scenario, order, { mayBeSkipped: orders.length > 1 })
    if (!options.json) console.log(`${inWords(result)}\n`)
    results.push(result)
  }
  const many = options.all || options.category !== undefined || names.length > 1
  if (options.json) console.log(JSON.stringify(many ? results : results[0]))
  const failed = results.some((result) => 'asHypothesised' in result && !result.asHypothesised)
  if (failed) process.exitCode = notAsHoped
}

async function runOne(
  lab: Lab,
  scenario: Scenario,
  order: Omit<Parameters<typeof runScenario>[2], 'listener'>,
  { mayBeSkipped }: { mayBeSkipped: boolean },
): Promise<RunRecord | Skipped> {
  using progress = progressOnStandardError(scenario.name)
  try {
    const record = await runScenario(lab, scenario, { ...order, listener: progress })
    await saveRecord(lab.folders.records, record)
    return record
  } catch (error) {
    const skipped = error instanceof LabProblem && error.code === 'requirement-missing'
    if (skipped && mayBeSkipped) return { name: scenario.name, skipped: error.message }
    throw error
  }
}

function inWords(result: RunRecord | Skipped): string {
  return 'skipped' in result ? `Skipped: ${result.skipped}` : verdictInWords(result)
}

function choose(
  registry: Registry,
  names: readonly string[],
  { category, all }: RunOptions,
): Scenario[] {
  const named = names.map((name) => registry.find(name).scenario)
  const scenarios = registry.entries.map(({ scenario }) => scenario)
  const chosen = scenarios.filter(
    (scenario) => all || scenario.category === category || named.includes(scenario),
  )
  if (chosen.length > 0) return chosen
  const categories = [...new Set(scenarios.map((scenario) => scenario.category))].join(', ')
  throw new LabProblem(
    category === undefined ? 'bad-parameter' : 'unknown-scenario',
    category === undefined
      ? "Name a scenario ('pet lab list' has them), or give --category or --all."
      : `There is no category '${category}'; there is: ${categories}.`,
  )
}

function roundsOf({ rounds, quick }: RunOptions): number | undefined {
  if (rounds !== undefined) return checkLimit('rounds', numberFrom(rounds))
  return quick ? quickRounds : undefined
}

function numberFrom(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}
