import type { Command } from 'commander'
import type { ScenarioRow } from '@pet/lab/api-types'
import { describeRow } from '@pet/lab/describe'
import { loadRegistry } from '@pet/scenarios/registry'
import { alignColumns } from './columns.ts'

export function registerListCommand(lab: Command): void {
  lab
    .command('list')
    .description('name every scenario')
    .option('--json', 'print one JSON array, with the JSON Schema of the parameters')
    .action(async ({ json }: { json?: true }) => {
      const rows = (await loadRegistry()).entries.map(describeRow)
      console.log(json ? JSON.stringify(rows) : inWords(rows))
    })
}

function inWords(rows: readonly ScenarioRow[]): string {
  return alignColumns(rows.map(({ category, name, title }) => [category, name, title])).join('\n')
}
