import type { FastifyError } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { type FieldError, invalidRequest, Problem, problem } from './problem.ts'
import { fieldErrors } from './field-errors.ts'

/**
 * Turns whatever was thrown into the problem that the caller sees. What isn't known to be the caller's
 * doing becomes a 500 that says nothing of its cause: that is for the log.
 */
export function problemOfError(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const context = (error as FastifyError).validationContext
    return invalidRequest(fieldErrors(error.validation, partOf(context)))
  }
  const { code = '', statusCode = 500 } = error instanceof Error ? (error as FastifyError) : {}
  const known = knownProblems[code]
  if (known) return known()
  if (statusCode >= 400 && statusCode < 500) {
    const { message } = error as FastifyError
    return problem(statusCode, 'bad-request', 'The request cannot be served', message)
  }
  return problem(
    500,
    'internal-error',
    'Something went wrong on this side',
    'Nothing is known to have changed. The log has the cause under the id in "instance".',
  )
}

const malformedJson = () =>
  problem(
    400,
    'malformed-json',
    'The body is not JSON',
    'Expected a JSON document; correct its syntax and send it again.',
    { errors: [{ in: 'body', field: 'body', message: 'Not a JSON document' }] },
  )

const knownProblems: Record<string, () => Problem> = {
  FST_ERR_CTP_INVALID_JSON_BODY: malformedJson,
  FST_ERR_CTP_EMPTY_JSON_BODY: malformedJson,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    problem(
      415,
      'unsupported-media-type',
      'The body is of a type that is not read here',
      'Send application/json.',
    ),
  FST_ERR_CTP_BODY_TOO_LARGE: () =>
    problem(413, 'body-too-large', 'The body is too large', 'Send less in one request.'),
  FST_ERR_BAD_URL: () =>
    problem(
      400,
      'bad-address',
      'The address cannot be read',
      'A percent sign encodes no character.',
    ),
  FST_ERR_MAX_PARAM_LENGTH: () =>
    problem(414, 'address-too-long', 'The address is too long', 'Shorten the part of the path.'),
  FST_ERR_HANDLER_TIMEOUT: () =>
    problem(
      503,
      'took-too-long',
      'The answer took too long',
      'It may have taken effect: ask before sending it again, or send it with the same Idempotency-Key.',
    ),
}

function partOf(context: FastifyError['validationContext']): FieldError['in'] {
  switch (context) {
    case 'querystring':
      return 'query'
    case 'params':
      return 'path'
    case 'headers':
      return 'header'
    default:
      return 'body'
  }
}
