import { readFileSync } from 'node:fs'

/** A line of a walk, as the document *Stress Tests* has it. */
export type WalkLine<Id extends string> = { id: Id; sentence: string; document: string }

const stressTests = new URL('../../../documents/stress-tests.md', import.meta.url)

/** `- **ST1-1** What must happen. (document: RULE, RULE, document: RULE)` */
const line = /^- \*\*(ST\d+-\d+)\*\* (.+?) \((.+)\)$/gm

/**
 * What must happen in a scenario, line by line, as the document says it.
 * @throws Error when the document's lines are not the ones named: a run would be held against something else.
 */
export function mustHappen<const Id extends string>(
  scenario: string,
  ids: readonly Id[],
): WalkLine<Id>[] {
  const lines = linesOf(scenario, '**Must happen**')
  const found = lines.map(({ id }) => id)
  if (found.length > 0 && found.join() === ids.join()) return lines as WalkLine<Id>[]
  throw new Error(
    `${scenario} walks ${ids.join(', ')}, but documents/stress-tests.md has ${found.join(', ') || 'nothing'} for it`,
  )
}

/**
 * What would smell in a scenario, as the document says it, with its id in front.
 * @throws Error when the document has no such line.
 */
export function wouldSmell(scenario: string, id: string): string {
  const found = linesOf(scenario, '**Would smell**').find((one) => one.id === id)
  if (found) return `${id}: ${found.sentence}`
  throw new Error(`documents/stress-tests.md says nothing of ${id} in ${scenario}`)
}

function linesOf(scenario: string, heading: string): WalkLine<string>[] {
  const [, chapter = ''] = readFileSync(stressTests, 'utf8').split(`## ${scenario}\n`)
  const [, part = ''] = (chapter.split(/^## /m, 1)[0] ?? '').split(heading)
  const [lines = ''] = part.split(/^\*\*/m, 1)
  return [...lines.matchAll(line)].map(([, id = '', sentence = '', document = '']) => ({
    id,
    sentence,
    document,
  }))
}
