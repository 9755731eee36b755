import type { Command } from 'commander'
import type { ScenarioDetails } from '@pet/lab/api-types'
import { describeDetails } from '@pet/lab/describe'
import { loadRegistry } from '@pet/scenarios/registry'
import { alignColumns } from './columns.ts'
import { flagOf } from './parameter-flags.ts'
import { withExitCode } from './problem.ts'

export function registerShowCommand(lab: Command): void {
  lab
    .command('show')
    .description('tell all about one scenario: hypothesis, bounds, parameters, source')
    .argument('<name>')
    .option('--json', 'print one JSON object')
    .action((name: string, { json }: { json?: true }) =>
      withExitCode(async () => {
        const details = await describeDetails((await loadRegistry()).find(name))
        console.log(json ? JSON.stringify(details) : inWords(details))
      }),
    )
}

function inWords(details: ScenarioDetails): string {
  const { name, category, title, summary, hypothesis, lesson, source, missing } = details
  return [
    `${name} (${category}): ${title}`,
    ...(missing ? [`Can't run here: ${missing}`] : []),
    summary,
    `Hypothesis: ${hypothesis}`,
    `Bounds:\n${boundLines(details).join('\n')}`,
    `Parameters:\n${parameterLines(details).join('\n')}`,
    `Lesson: ${lesson}`,
    `The failure:\n\n${source.failure}`,
    `The remedy:\n\n${source.remedy}`,
  ].join('\n\n')
}

function boundLines({ metrics }: ScenarioDetails): string[] {
  return alignColumns([
    ['', 'control', 'failure', 'remedy', ''],
    ...metrics.map(({ name, unit, help, bounds }) => [
      `  ${name}`,
      bounds.control ?? '',
      bounds.failure ?? '',
      bounds.remedy ?? '',
      `${help} (${unit})`,
    ]),
  ])
}

function parameterLines({ parameters, quick = {} }: ScenarioDetails): string[] {
  const rows = Object.entries(parameters.properties).map(([name, property]) => [
    `  ${flagOf(name)}`,
    property.enum?.join(' | ') ?? `${property.minimum ?? ''} to ${property.maximum ?? ''}`,
    `default ${String(property.default)}`,
    name in quick ? `quick ${String(quick[name])}` : '',
    property.description ?? '',
  ])
  return rows.length > 0 ? alignColumns(rows) : ['  none']
}
