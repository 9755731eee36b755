import type { Command } from 'commander'
import type { Proof } from '@pet/lab/api-types'
import { anySeed, checkLimit } from '@pet/lab/limits'
import { openLab } from '@pet/lab/open-lab'
import { parseParameterTexts } from '@pet/lab/parameters'
import { prove } from '@pet/lab/prove'
import { loadRegistry } from '@pet/scenarios/registry'
import { petHome } from '../home.ts'
import { notAsHoped } from '../problem.ts'
import { cancellation } from '../cancellation.ts'
import { collect, numberFrom, partAssignments } from './parameter-flags.ts'
import { withExitCode } from './problem.ts'
import { progressOnStandardError } from './progress.ts'
import { tellRecoveries } from './recoveries.ts'

type ProveOptions = { json?: true; quick?: true; seed?: string; param: string[] }

export function registerProveCommand(lab: Command): void {
  lab
    .command('prove')
    .description('check that a scenario can fail: without its fault, and without its remedy')
    .argument('<name>')
    .option('--seed <number>', 'the same seed injects the same (default: any)')
    .option('--param <name=value>', 'a parameter; may be repeated', collect, [])
    .option('--quick', 'small sizes')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Exit code 1 when the scenario passes although its fault, or its remedy, was switched off; 2 when
the input is wrong or it can't run here; 3 when the lab itself failed. The history keeps no proofs.

Example:
  npx pet lab prove deadlock --json`,
    )
    .action((name: string, { json, quick, seed, param }: ProveOptions) =>
      withExitCode(async () => {
        const { scenario } = (await loadRegistry()).find(name)
        const checkedSeed = seed === undefined ? anySeed() : checkLimit('seed', numberFrom(seed))
        const depth = quick ? 'quick' : 'full'
        const parameters = parseParameterTexts(scenario, partAssignments(param), depth)
        using cancelled = cancellation()
        using progress = progressOnStandardError(name)
        await using lab = await openLab({ home: petHome() })
        tellRecoveries(lab)
        const proof = await prove(lab, scenario, {
          seed: checkedSeed,
          parameters,
          signal: cancelled.signal,
          listener: progress,
        })
        console.log(json ? JSON.stringify(proof) : inWords(proof))
        if (!proof.ok) process.exitCode = notAsHoped
      }),
    )
}

function inWords({ name, withoutFault, withoutRemedy, ok, defects = [] }: Proof): string {
  return [
    `${name}: ${ok ? 'proved' : 'NOT proved'}`,
    `  with its fault switched off: ${withoutFault}`,
    `  with the failure in the remedy's place: ${withoutRemedy}`,
    ...defects.map(({ name: defect, smell }) => `  planted ${defect}: ${smell ?? 'NOT detected'}`),
  ].join('\n')
}
