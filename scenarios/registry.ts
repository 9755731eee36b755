import { readdir } from 'node:fs/promises'
import { LabProblem } from '@pet/lab/lab-problem'
import { createRegistry, type Registry, type RegistryEntry } from '@pet/lab/registry'
import type { Scenario } from '@pet/lab/scenario'

/**
 * Finds every scenario by folder: a folder is a category, a file in it a scenario. What scenarios
 * of a category share lies in folders inside it.
 */
export async function loadRegistry(): Promise<Registry> {
  const files = await findScenarioFiles()
  return createRegistry(await Promise.all(files.map(load)))
}

/** The files of the catalogue, whether or not they hold what they should. */
export async function findScenarioFiles(): Promise<URL[]> {
  const here = new URL('./', import.meta.url)
  const categories = (await readdir(here, { withFileTypes: true })).filter(
    (item) => item.isDirectory() && item.name !== 'node_modules',
  )
  const files = await Promise.all(
    categories.map(async ({ name: category }) => {
      const folder = new URL(`${category}/`, here)
      return (await readdir(folder))
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .map((name) => new URL(name, folder))
    }),
  )
  return files.flat()
}

async function load(file: URL): Promise<RegistryEntry> {
  const { default: scenario } = (await import(file.href)) as { default?: Scenario }
  if (scenario?.name) return { scenario, file }
  throw new LabProblem('bad-scenario', `${file.pathname} exports no scenario by default.`)
}
