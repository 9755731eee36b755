import type { DecisionRow, Walk } from './walk.ts'

/** A row of the decision table as people read it. */
export type DecisionTableRow = { state: string; commands: string; outcome: string }

/**
 * For each state, what becomes of each command. Commands with one outcome share a row, and the variants of a command
 * are named only where they differ.
 */
export function decisionTableRows(walk: Walk): DecisionTableRow[] {
  const states = [...new Set(walk.table.map(({ state }) => state))]
  return states.flatMap((state) => rowsOf(walk.table.filter((row) => row.state === state)))
}

/** Puts the generated tables into a document, between `<!-- decision table: NAME -->` and `<!-- end -->`. */
export function withDecisionTables(markdown: string, walks: readonly Walk[]): string {
  return walks.reduce((text, walk) => {
    const begin = `<!-- decision table: ${walk.aggregate} -->`
    const from = text.indexOf(begin)
    const to = text.indexOf('<!-- end -->', from)
    if (from === -1 || to === -1) return text
    return `${text.slice(0, from + begin.length)}\n\n${asMarkdown(decisionTableRows(walk))}\n\n${text.slice(to)}`
  }, markdown)
}

function asMarkdown(rows: DecisionTableRow[]): string {
  const body = rows.map(({ state, commands, outcome }) => `| ${state} | ${commands} | ${outcome} |`)
  return ['| state | command | what happens |', '| --- | --- | --- |', ...body].join('\n')
}

function rowsOf(rows: DecisionRow[]): DecisionTableRow[] {
  const commandsByOutcome = new Map<string, string[]>()
  for (const row of rows) {
    const variants = rows.filter(({ command }) => typeOf(command) === typeOf(row.command))
    const outcome = inWords(row)
    const alike = variants.every((variant) => inWords(variant) === outcome)
    const commands = commandsByOutcome.get(outcome) ?? []
    commandsByOutcome.set(outcome, commands)
    const name = alike ? typeOf(row.command) : row.command
    if (!commands.includes(name)) commands.push(name)
  }
  const state = rows[0]?.state ?? ''
  return [...commandsByOutcome].map(([outcome, commands]) => ({
    state,
    commands: commands.join(', '),
    outcome,
  }))
}

/** `EditQuote (hours missing)` is a variant of `EditQuote`. */
function typeOf(command: string): string {
  return command.split(' ', 1)[0] ?? command
}

function inWords({ outcomes }: DecisionRow): string {
  return outcomes
    .map(({ events, rules }) => {
      if (rules.length === 0) return 'unexplained'
      const because = rules.join(', ')
      return events.length > 0 ? `${events.join(' + ')} (${because})` : `refused (${because})`
    })
    .join('; or ')
}
