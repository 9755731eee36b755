import type { z } from 'zod'
import { ProxyProblem } from './proxy-problem.ts'

/**
 * Reads what a request says.
 * @throws ProxyProblem 400 that names the field, what came and what was expected
 */
export function parse<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.map(String) ?? []
  const field = path.length === 0 ? '' : `${path.join('.')}: `
  throw new ProxyProblem(
    400,
    `bad request body: ${field}${sentenceOf(valueAt(given, path), issue)}`,
  )
}

function sentenceOf(given: unknown, issue: z.core.$ZodIssue | undefined): string {
  const was = given === undefined ? 'nothing' : (JSON.stringify(given)?.slice(0, 100) ?? 'nothing')
  switch (issue?.code) {
    case 'too_big':
      return `${was} is beyond the limit: at most ${issue.maximum}`
    case 'too_small':
      return `${was} is beyond the limit: at least ${issue.minimum}`
    case 'unrecognized_keys':
      return `there is no field ${issue.keys.map((key) => `"${key}"`).join(', ')}`
    case 'invalid_union':
      return `${was} was given; ${issue.message.replace(/^.*Expected/, 'expected')}`
    default:
      return `${was} was given; ${issue?.message ?? 'that is not valid'}`
  }
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, key) =>
      typeof part === 'object' && part !== null && Object.hasOwn(part, key)
        ? (part as Record<string, unknown>)[key] // as the line before has made sure
        : undefined,
    value,
  )
}
