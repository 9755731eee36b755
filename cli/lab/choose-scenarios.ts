import { LabProblem } from '@pet/lab/lab-problem'
import type { Registry } from '@pet/lab/registry'
import type { Scenario } from '@pet/lab/scenario'

/**
 * The scenarios that a command line means, by name, category or all of them, in the registry's order.
 *
 * @throws LabProblem `unknown-scenario` or `bad-parameter`
 */
export function chooseScenarios(
  registry: Registry,
  names: readonly string[],
  { category, all }: { category?: string; all?: true },
): Scenario[] {
  const named = names.map((name) => registry.find(name).scenario)
  const scenarios = registry.entries.map(({ scenario }) => scenario)
  const chosen = scenarios.filter(
    (scenario) => all || scenario.category === category || named.includes(scenario),
  )
  if (chosen.length > 0) return chosen
  if (category === undefined) {
    throw new LabProblem(
      'bad-parameter',
      "Name a scenario ('pet lab list' has them), or give --category or --all.",
    )
  }
  const categories = [...new Set(scenarios.map((scenario) => scenario.category))].join(', ')
  throw new LabProblem(
    'unknown-scenario',
    `There is no category '${category}'; there is: ${categories}.`,
  )
}
