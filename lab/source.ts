import { readFile, readdir } from 'node:fs/promises'

/** The source of the two arms that are worth reading side by side. */
export type ArmSources = { failure: string; remedy: string }

/** Properties of the definition that make up an arm: those of `defineScenario`, then those of
 * `defineBusinessScenario`. */
const properties = { failure: ['failure', 'defects'], remedy: ['remedy', 'adversary'] } as const

/**
 * Reads a scenario's file, and those in the folder of its own beside it if it has one, and cuts out, for each arm,
 * its line and the functions that it uses.
 */
export async function sourceOf(file: URL): Promise<ArmSources> {
  const parts = new URL(`${file.href.replace(/\.ts$/, '')}/`)
  const names = await readdir(parts).catch(() => [])
  const files = [file, ...names.toSorted().map((name) => new URL(name, parts))]
  const sources = await Promise.all(files.map((each) => readFile(each, 'utf8')))
  return cutArms(sources.map(withoutImports).join('\n'))
}

function withoutImports(source: string): string {
  return source.replaceAll(/^import (?:type )?(?:[\w*{][^;]*? from )?'[^']+'\n/gm, '')
}

/**
 * Cuts by lines, which Prettier keeps in order: a declaration begins in the first column, a
 * property of the definition two blanks in. What both arms share is shown with both.
 */
export function cutArms(source: string): ArmSources {
  const declarations = cutDeclarations(source)
  const definition = declarations.find(({ name }) => name === 'default')?.text ?? ''
  const arm = (names: readonly string[]) => {
    const property = names.map((name) => cutProperty(definition, name)).find((text) => text !== '')
    return property ? [property, ...usedBy(property, declarations)].join('\n\n') : ''
  }
  return { failure: arm(properties.failure), remedy: arm(properties.remedy) }
}

/** The definition itself, and the parameters, which the page shows as a form. */
const notShown = new Set(['default', 'parameters'])

type Declaration = { name: string; text: string }

const declarationStart =
  /^(?:export )?(?:(default) |(?:async )?(?:function|const|class|type|interface) (\w+))/

function cutDeclarations(source: string): Declaration[] {
  const lines = source.trimEnd().split('\n')
  const starts = lines.flatMap((line, index) => {
    const match = declarationStart.exec(line)
    return match ? [{ index, name: match[1] ?? match[2] ?? '' }] : []
  })
  return starts.map(({ index, name }, which) => {
    const next = starts[which + 1]?.index ?? lines.length
    const from = commentStart(lines, index)
    const to = which + 1 < starts.length ? commentStart(lines, next) : lines.length
    return { name, text: lines.slice(from, to).join('\n').trim() }
  })
}

/** A declaration takes the comment right above it along. */
function commentStart(lines: readonly string[], index: number): number {
  let start = index
  while (/^(\/\/|\/\*\*| \*)/.test(lines[start - 1] ?? '')) start--
  return start
}

function cutProperty(definition: string, name: string): string {
  const lines = definition.split('\n')
  const start = lines.findIndex((line) => new RegExp(`^ {2}(async )?${name}\\b`).test(line))
  if (start < 0) return ''
  const length = lines.slice(start + 1).findIndex((line) => /^( {2}[\w/]|\}\))/.test(line))
  return lines
    .slice(start, length < 0 ? lines.length : start + 1 + length)
    .map((line) => line.replace(/^ {2}/, ''))
    .join('\n')
}

/** The declarations that a piece of source names, and those that these name, in file order. */
function usedBy(text: string, declarations: readonly Declaration[]): string[] {
  const used = new Set<Declaration>()
  const visit = (piece: string) => {
    const words = new Set(piece.match(/\w+/g))
    for (const declaration of declarations) {
      if (used.has(declaration) || notShown.has(declaration.name)) continue
      if (!words.has(declaration.name)) continue
      used.add(declaration)
      visit(declaration.text)
    }
  }
  visit(text)
  return declarations.filter((declaration) => used.has(declaration)).map(({ text }) => text)
}
