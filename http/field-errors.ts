import type { ZodFastifySchemaValidationError } from 'fastify-type-provider-zod'
import type { FieldError } from './problem.ts'

/** One entry for each wrong field; an unknown field is named itself, not the object that holds it. */
export function fieldErrors(
  issues: ZodFastifySchemaValidationError[],
  part: FieldError['in'],
): FieldError[] {
  return issues.flatMap((issue) => {
    const path = issue.instancePath.split('/').filter((step) => step !== '')
    const { message = 'Invalid' } = issue
    return flatten({ code: issue.keyword, path, message, ...issue.params }).map((flat) => ({
      in: part,
      field: flat.path.join('.') || part,
      message: flat.message,
    }))
  })
}

type Issue = {
  code: string
  path: PropertyKey[]
  message: string
  keys?: string[]
  errors?: Issue[][]
}

function flatten(issue: Issue): { path: string[]; message: string }[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => ({ path: [...path, key], message: 'Unknown field' }))
  }
  // Of a union's alternatives the one that is nearest to what came says most.
  const nearest = issue.errors?.toSorted((one, other) => one.length - other.length)[0]
  if (issue.code === 'invalid_union' && nearest && nearest.length > 0) {
    return nearest.flatMap((inner) => flatten({ ...inner, path: [...path, ...inner.path] }))
  }
  return [{ path, message: issue.message }]
}
