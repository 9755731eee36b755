import { distance } from 'fastest-levenshtein'
import { LabProblem } from './lab-problem.ts'
import { parseParameters } from './parameters.ts'
import type { Scenario } from './scenario.ts'
import { parseBound } from './verdict/bound.ts'

/** A scenario and the file that it was found in. */
export type RegistryEntry = { scenario: Scenario; file: URL }

export type Registry = {
  /** By category, then by name. */
  entries: readonly RegistryEntry[]
  /** @throws LabProblem `unknown-scenario`, with the nearest name. */
  find(name: string): RegistryEntry
}

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * Builds the registry of what was found by folder.
 *
 * @throws LabProblem `bad-scenario` when a name is taken twice, or is not its file's; when a
 * category is not its folder's; when a bound can't be read, or failure or remedy has none; when
 * its own defaults, quick ones included, are beyond its own limits.
 */
export function createRegistry(found: readonly RegistryEntry[]): Registry {
  const byName = new Map<string, RegistryEntry>()
  for (const entry of found) {
    const { name } = entry.scenario
    if (byName.has(name)) throw badScenario(name, 'is the name of two scenarios')
    checkPlace(entry)
    checkMetrics(entry.scenario)
    checkDefaults(entry.scenario)
    byName.set(name, entry)
  }
  return {
    entries: found.toSorted((a, b) => (a.file.pathname < b.file.pathname ? -1 : 1)),
    find: (name) => {
      const entry = byName.get(name)
      if (entry) return entry
      throw new LabProblem('unknown-scenario', unknownName(name, [...byName.keys()]), 'name')
    },
  }
}

function checkPlace({ scenario, file }: RegistryEntry): void {
  const { name, category } = scenario
  const [fileName, folder] = file.pathname.split('/').reverse()
  if (!kebabCase.test(name)) throw badScenario(name, 'is not a name in kebab-case')
  if (fileName !== `${name}.ts`) throw badScenario(name, `is in the file ${fileName}`)
  if (folder !== category) throw badScenario(name, `of ${category} is in the folder ${folder}`)
}

function checkMetrics({ name, metrics }: Scenario): void {
  const bounds = Object.values(metrics).flatMap(({ control, failure, remedy }) =>
    [control, failure, remedy].filter((bound) => bound !== undefined),
  )
  try {
    bounds.forEach(parseBound)
  } catch (error) {
    throw badScenario(name, `has a bound that can't be read: ${String(error)}`)
  }
  for (const arm of ['failure', 'remedy'] as const) {
    const bounded = Object.values(metrics).some((metric) => metric[arm] !== undefined)
    if (!bounded) throw badScenario(name, `has no bound for ${arm}: it could not fail`)
  }
}

function checkDefaults(scenario: Scenario): void {
  for (const depth of ['full', 'quick'] as const) {
    try {
      parseParameters(scenario, {}, depth)
    } catch (error) {
      throw badScenario(scenario.name, `has ${depth} defaults beyond its limits: ${String(error)}`)
    }
  }
}

function unknownName(name: string, names: readonly string[]): string {
  const nearest = names.toSorted((a, b) => distance(name, a) - distance(name, b))[0]
  const near = nearest !== undefined && distance(name, nearest) <= Math.max(3, name.length / 3)
  return near
    ? `There is no scenario '${name}': did you mean ${nearest}?`
    : `There is no scenario '${name}'; 'pet lab list' names them all.`
}

function badScenario(name: string, what: string): LabProblem {
  return new LabProblem('bad-scenario', `The scenario ${name} ${what}.`)
}
