import { problem, type Problem } from '@pet/http/problem'

export function noSuchRun(id: string): Problem {
  return problem(404, 'unknown-run', 'There is no such run', `No run has the id ${id}.`)
}
