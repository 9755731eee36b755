import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { parametersSchema } from '@pet/lab/parameters'
import { findScenarioFiles, loadRegistry } from './registry.ts'

const registry = await loadRegistry()

test('the registry is the folder: a file is a scenario, its folder the category', async () => {
  const files = await findScenarioFiles()
  expect(files.length).toBeGreaterThan(0)
  expect(registry.entries.map(({ file }) => file.href)).toEqual(
    files.map(({ href }) => href).sort(),
  )
  for (const { scenario, file } of registry.entries) {
    expect(registry.find(basename(file.pathname, '.ts')).scenario).toBe(scenario)
  }
})

test('every parameter says what it is, and has a default within its limits', () => {
  for (const { scenario } of registry.entries) {
    expect(() => scenario.parameters.parse({})).not.toThrow()
    for (const [name, property] of Object.entries(parametersSchema(scenario).properties)) {
      expect(property.description, `${scenario.name}: ${name}`).toBeTruthy()
    }
  }
})

test('every scenario says what it is about', () => {
  for (const { scenario } of registry.entries) {
    for (const text of ['title', 'summary', 'hypothesis', 'lesson'] as const) {
      expect(scenario[text], `${scenario.name}: ${text}`).toMatch(/\w{3}/)
    }
  }
})
