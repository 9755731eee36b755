import type { Command } from 'commander'
import type { RulesReport } from '@pet/pet/rules-report'
import { decisionTableRows } from '@pet/pet/rules/decision-table'
import type { Walk } from '@pet/pet/rules/walk'
import { notAsHoped } from './problem.ts'

export function registerRulesCommand(program: Command): void {
  program
    .command('rules')
    .description('print what each command meets in each state, and where the rules disagree')
    .option('--json', 'print one JSON object')
    .option('--write', 'renew the decision tables in documents/')
    .addHelpText(
      'after',
      `
Exit code 1 when two rules contradict each other, a command meets no rule, or the code and the
documents disagree.

Examples:
  npx pet rules --json
  npx pet rules --write`,
    )
    .action(async ({ json, write }: { json?: true; write?: true }) => {
      const { renewDecisionTables, rulesReport } = await import('@pet/pet/rules-report')
      const { walks, ...report } = await rulesReport()
      if (write) await renewDecisionTables(walks)
      console.log(json ? JSON.stringify(report) : inWords(report, walks))
      const { rules: _rules, ...findings } = report
      if (Object.values(findings).some((found) => found.length > 0)) process.exitCode = notAsHoped
    })
}

function inWords(report: RulesReport, walks: Walk[]): string {
  return [...walks.map(tableInWords), rulesInWords(report), findingsInWords(report)].join('\n\n')
}

function tableInWords(walk: Walk): string {
  const rows = decisionTableRows(walk).map(({ state, commands, outcome }) => [
    state,
    outcome,
    commands,
  ])
  return `${walk.aggregate}\n${inColumns([['in state', 'this happens', 'on these commands'], ...rows])}`
}

function rulesInWords({ rules }: RulesReport): string {
  return `Rules\n${inColumns(rules.map(({ id, document, sentence }) => [id, document, sentence]))}`
}

function findingsInWords(report: RulesReport): string {
  const { conflicts, ambiguities, undocumented, unenforced } = report
  const findings = [
    ...conflicts.map(
      ({ aggregate, state, command, forbids, against }) =>
        `Conflict: ${forbids} forbids ${command} on a ${state} ${aggregate}, ${against} allows it.`,
    ),
    ...ambiguities.map(
      ({ aggregate, state, command }) =>
        `Gap: no rule says what becomes of ${command} on a ${state} ${aggregate}.`,
    ),
    ...undocumented.map((id) => `Undocumented: no document states ${id} in the words of the code.`),
    ...unenforced.map((id) => `Unenforced: no code enforces ${id} in the words of its document.`),
  ]
  return findings.length === 0
    ? 'No conflict, no gap, and the code and the documents agree.'
    : findings.join('\n')
}

/** Pads every column but the last to its widest cell. */
function inColumns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
    )
    .join('\n')
}
