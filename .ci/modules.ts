import { glob, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import { parseSync } from 'oxc-parser'
import { rooms } from './rooms.ts'

export type Import = {
  /** As it is written. */
  specifier: string
  /** The file in the house that it leads to, from the root; undefined for Node's and npm's own. */
  file: string | undefined
  /** A type is gone when the code runs; `import { type A }` isn't: it loads the module. */
  kind: 'value' | 'type'
}

export type Module = {
  /** From the root, with slashes. */
  path: string
  source: string
  imports: Import[]
  /** `export *` from another file. */
  exportsAll: boolean
}

/** Every module of the rooms, read and parsed. */
export async function readModules(root: string): Promise<Module[]> {
  const paths = await Array.fromAsync(
    glob(`{${rooms.join(',')}}/**/*.{ts,tsx}`, {
      cwd: root,
      exclude: (name) => name.endsWith('node_modules') || name.endsWith('dist'),
    }),
  )
  return Promise.all(
    paths.toSorted().map(async (path) => {
      const source = await readFile(join(root, path), 'utf8')
      return moduleOf(root, path.replaceAll(sep, '/'), source)
    }),
  )
}

function moduleOf(root: string, path: string, source: string): Module {
  const { module } = parseSync(path, source)
  const { resolve } = createRequire(join(root, path))
  const imports: Import[] = []
  const add = (specifier: string, kind: Import['kind']) =>
    imports.push({ specifier, kind, file: houseFile(root, resolve, specifier) })
  for (const { moduleRequest, start } of module.staticImports) {
    add(moduleRequest.value, source.startsWith('import type', start) ? 'type' : 'value')
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) add(moduleRequest.value, isType ? 'type' : 'value')
    }
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(['"`])(.*)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end))
    if (literal?.[2] !== undefined) add(literal[2], 'value')
  }
  const exportsAll = module.staticExports.some(({ entries }) =>
    entries.some(({ importName }) => importName.kind.startsWith('All')),
  )
  return { path, source, imports, exportsAll }
}

function houseFile(
  root: string,
  resolve: NodeJS.RequireResolve,
  specifier: string,
): string | undefined {
  if (!/^(\.|@pet\/)/.test(specifier)) return undefined
  try {
    return relative(root, resolve(specifier)).replaceAll(sep, '/')
  } catch {
    // That it leads nowhere is for the compiler to say.
    return undefined
  }
}
