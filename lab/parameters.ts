import { z } from 'zod'
import type { Depth, ParametersSchema } from './api-types.ts'
import { LabProblem } from './lab-problem.ts'
import type { Scenario } from './scenario.ts'

/** The parameters as JSON Schema (draft 2020-12): limits, defaults, descriptions. */
export function parametersSchema(scenario: Pick<Scenario, 'parameters'>): ParametersSchema {
  const { type, properties } = z.toJSONSchema(scenario.parameters, { io: 'input' })
  return { type, properties, additionalProperties: false } as ParametersSchema
}

type WithParameters = Pick<Scenario, 'name' | 'parameters' | 'quick'>

/**
 * Checks parameters against the scenario's own limits, the same on every door. What is not given has the
 * scenario's default, in a quick run its quick one.
 *
 * @throws LabProblem `bad-parameter` that names the field and its limit. Nothing is ever clamped.
 */
export function parseParameters(
  scenario: WithParameters,
  given: Record<string, unknown>,
  depth: Depth = 'full',
): Record<string, unknown> {
  const known = parametersSchema(scenario).properties
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name))
  if (unknown !== undefined) {
    const names = Object.keys(known).join(', ') || 'none'
    throw badParameter(unknown, `${scenario.name} has no such parameter; it has: ${names}`)
  }
  const own = depth === 'quick' ? scenario.quick : {}
  const parsed = scenario.parameters.safeParse({ ...own, ...given })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = String(issue?.path[0] ?? '')
  throw badParameter(field, `${sentenceOf(given[field], issue)} (${known[field]?.description})`)
}

/** Text from a command line (`writers=8`) as the value that the schema asks for. */
export function parseParameterTexts(
  scenario: WithParameters,
  texts: Record<string, string>,
  depth: Depth = 'full',
): Record<string, unknown> {
  const known = parametersSchema(scenario).properties
  const values = Object.entries(texts).map(([name, text]) => {
    const type = Object.hasOwn(known, name) ? known[name]?.type : undefined
    return [name, valueOf(text, type)] as const
  })
  return parseParameters(scenario, Object.fromEntries(values), depth)
}

function valueOf(text: string, type: string | undefined): unknown {
  if (type === 'integer' || type === 'number') return text.trim() === '' ? text : numberOf(text)
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}

function numberOf(text: string): number | string {
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}

function sentenceOf(given: unknown, issue: z.core.$ZodIssue | undefined): string {
  const was = JSON.stringify(given) ?? 'nothing'
  if (issue?.code === 'too_big') return `${was} is beyond the limit: at most ${issue.maximum}`
  if (issue?.code === 'too_small') return `${was} is beyond the limit: at least ${issue.minimum}`
  return `${was} was given: ${issue?.message ?? 'not valid'}`
}

function badParameter(field: string, sentence: string): LabProblem {
  return new LabProblem('bad-parameter', `${field}: ${sentence}`, field)
}
