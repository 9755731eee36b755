import { LabProblem } from '@pet/lab/lab-problem'

/** `deadlockTimeoutMs` as a flag: `--deadlock-timeout-ms`. */
export function flagOf(parameter: string): string {
  return `--${parameter.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/**
 * Parts a command line's words into names of scenarios and their parameters, given as flags of
 * their own: `deadlock --writers 8 --transfers=100`.
 *
 * @throws LabProblem `bad-parameter` when a flag has no value.
 */
export function partParameterFlags(words: readonly string[]): {
  names: string[]
  parameters: Record<string, string>
} {
  const names: string[] = []
  const parameters: Record<string, string> = {}
  const rest = words.values()
  for (const word of rest) {
    if (!word.startsWith('--')) {
      names.push(word)
      continue
    }
    const [flag = '', given] = word.slice(2).split(/=(.*)/s)
    parameters[parameterOf(flag)] = given ?? valueAfter(word, rest.next().value)
  }
  return { names, parameters }
}

/**
 * `writers=8` as name and value.
 *
 * @throws LabProblem `bad-parameter` when it has no equals sign.
 */
export function partAssignments(assignments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [name = '', value] = assignment.split(/=(.*)/s)
      if (value !== undefined) return [name, value]
      throw new LabProblem('bad-parameter', `--param ${assignment}: give it as name=value`, name)
    }),
  )
}

/** A number as it was typed; what is none, nothing included, is NaN. */
export function numberFrom(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text)
}

/** Gathers an option that may be repeated. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

function parameterOf(flag: string): string {
  return flag.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function valueAfter(flag: string, value: string | undefined): string {
  if (value !== undefined && !value.startsWith('--')) return value
  throw new LabProblem('bad-parameter', `${flag} needs a value: ${flag} 8`, flag.slice(2))
}
