import { z } from 'zod'

/** What else a problem may say; every member is optional and goes into the body as it is. */
export type ProblemExtra = {
  /** Which parts of the request are wrong, one entry for each. */
  errors?: FieldError[]
  /** The business rules that refuse it. */
  rules?: { id: string; document: string; sentence: string }[]
  [member: string]: unknown
}

/** `field` is a dotted path inside `in`, as in `lines.0.hours`; the part itself when all of it is wrong. */
export type FieldError = {
  in: 'body' | 'query' | 'path' | 'header'
  field: string
  message: string
}

/** A failure that the caller is told about, as problem details (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  /** Stable, kebab-case: what a program compares. */
  readonly code: string
  readonly type: string
  readonly title: string
  readonly detail: string
  readonly extra: ProblemExtra

  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    extra: ProblemExtra = {},
  ) {
    super(`${title}: ${detail}`)
    this.status = status
    this.code = code
    this.type = `urn:pet:problem:${code}`
    this.title = title
    this.detail = detail
    this.extra = extra
  }
}

/**
 * Makes a problem to be thrown.
 * @example throw problem(409, 'quote-accepted', 'The quote is accepted', 'Write a new quote that corrects it.')
 */
export function problem(
  status: number,
  code: string,
  title: string,
  detail: string,
  extra?: ProblemExtra,
): Problem {
  return new Problem(status, code, title, detail, extra)
}

/** The 400 of a request that is not as described: every part of it that is wrong, named at once. */
export function invalidRequest(errors: FieldError[]): Problem {
  const named = errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
  return problem(400, 'invalid-request', 'The request is not as described', named, { errors })
}

/** The body of `application/problem+json`; `instance` names the one request, as its log lines do. */
export function problemBody(problem: Problem, requestId: string): Record<string, unknown> {
  return {
    ...problem.extra,
    type: problem.type,
    code: problem.code,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    instance: `urn:uuid:${requestId}`,
  }
}

/** The same body as a schema, for a route's `response` in the OpenAPI document. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    code: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(
        z.object({
          in: z.enum(['body', 'query', 'path', 'header']),
          field: z.string(),
          message: z.string(),
        }),
      )
      .optional(),
    rules: z
      .array(z.object({ id: z.string(), document: z.string(), sentence: z.string() }))
      .optional(),
  })
  .describe('Problem details (RFC 9457)')
