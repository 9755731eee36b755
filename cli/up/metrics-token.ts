import { CommandProblem, badInput } from '../problem.ts'

const fewestCharacters = 24

/** `METRICS_TOKEN`. @throws CommandProblem when it could be guessed, or can't be sent. */
export function metricsTokenFromEnvironment(): string | undefined {
  const token = process.env['METRICS_TOKEN']
  if (!token) return undefined
  if (token.length >= fewestCharacters && /^[\w.~+/=-]+$/.test(token)) return token
  throw new CommandProblem(
    'METRICS_TOKEN is not a token.',
    `Give ${fewestCharacters} characters or more, letters, digits and -._~+/= only: METRICS_TOKEN=$(openssl rand -hex 24)`,
    badInput,
  )
}
