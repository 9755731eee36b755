import type { FastifyRequest } from 'fastify'
import { invalidRequest, problem } from './problem.ts'

const header = 'If-Match'

/**
 * The version that the caller has seen, from `If-Match: "7"` (or bare `7`). Throws a 428 problem when it is
 * missing and a 400 problem when it is not one whole number.
 */
export function expectedVersionOf(request: FastifyRequest): number {
  const sent = request.headers['if-match']
  if (sent === undefined) {
    throw problem(
      428,
      'version-required',
      'The version is missing',
      `Send the version that you have seen as ${header}, for example ${header}: "7".`,
    )
  }
  const digits = /^(?:"(\d{1,15})"|(\d{1,15}))$/.exec(sent)
  if (digits) return Number(digits[1] ?? digits[2])
  const message = 'Expected one version, for example "7"'
  throw invalidRequest([{ in: 'header', field: header, message }])
}
