import { matchesGlob } from 'node:path'
import type { Module } from './modules.ts'
import { aggregatesAreListedIn, domainFiles, purePackages } from './rooms.ts'

export type Finding = { path: string; says: string }

/**
 * What a linter can't see, since it looks at one import and not at where it leads: I/O within reach of code
 * that decides or of a page, and cycles that a dynamic import closes.
 */
export function findReached(modules: Module[]): Finding[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  return [
    ...modules
      .filter(({ exportsAll }) => exportsAll)
      .map(({ path }) => ({ path, says: 'hides what it exports behind "export *"' })),
    ...domainOf(modules).flatMap((module) =>
      reached(module, byPath, (specifier) => !isPure(specifier)).map((trail) => ({
        path: module.path,
        says: `decides, and must not reach I/O: ${trail}`,
      })),
    ),
    ...modules
      .filter(({ path }) => path.startsWith('web/') && !runsInNode(path))
      .flatMap((module) =>
        reached(module, byPath, (specifier) => specifier.startsWith('node:')).map((trail) => ({
          path: module.path,
          says: `runs in a browser, and must not reach Node: ${trail}`,
        })),
      ),
    ...findCycles(modules, byPath),
  ]
}

function domainOf(modules: Module[]): Module[] {
  const aggregates = modules
    .find(({ path }) => path === aggregatesAreListedIn)
    ?.imports.filter(({ kind, file }) => kind === 'value' && file?.split('/').length === 3)
    .map(({ file }) => file)
    .filter((file) => file !== undefined && !file.startsWith('pet/rules/'))
  return modules.filter(
    ({ path }) =>
      aggregates?.includes(path) || domainFiles.some((pattern) => matchesGlob(path, pattern)),
  )
}

function isPure(specifier: string): boolean {
  return purePackages.some((name) => specifier === name || specifier.startsWith(`${name}/`))
}

function runsInNode(path: string): boolean {
  return /\.test\.tsx?$|^web\/testing\/|^web\/vite\.config\.ts$/.test(path)
}

/** The ways by value from a module to what is forbidden, each as "a.ts → b.ts → node:fs". */
function reached(
  from: Module,
  byPath: Map<string, Module>,
  isForbidden: (specifier: string) => boolean,
): string[] {
  const seen = new Set([from.path])
  const visit = (module: Module, trail: string): string[] =>
    module.imports.flatMap(({ kind, specifier, file }) => {
      if (kind === 'type') return []
      if (file === undefined) return isForbidden(specifier) ? [`${trail} → ${specifier}`] : []
      const next = byPath.get(file)
      if (!next || seen.has(file)) return []
      seen.add(file)
      return visit(next, `${trail} → ${file}`)
    })
  return visit(from, from.path)
}

/** Each cycle once, dynamic and type-only imports included; the linter doesn't follow the dynamic ones. */
function findCycles(modules: Module[], byPath: Map<string, Module>): Finding[] {
  const state = new Map<string, 'open' | 'done'>()
  const findings: Finding[] = []
  const visit = (module: Module, trail: string[]): void => {
    state.set(module.path, 'open')
    for (const { file } of module.imports) {
      const next = file === undefined ? undefined : byPath.get(file)
      if (!next) continue
      const found = state.get(next.path)
      if (found === undefined) visit(next, [...trail, next.path])
      if (found === 'open') {
        const cycle = [...trail.slice(trail.indexOf(next.path)), next.path]
        findings.push({ path: module.path, says: `closes a cycle: ${cycle.join(' → ')}` })
      }
    }
    state.set(module.path, 'done')
  }
  for (const module of modules) {
    if (!state.has(module.path)) visit(module, [module.path])
  }
  return findings
}
