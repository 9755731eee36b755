import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { vi } from 'vitest'

/** One file of the page as Vite builds it for production. */
export type BuiltFile = {
  content: string | Uint8Array
  /** Of a script: the files that it loads at once, before anything of it runs. */
  imports: string[]
  isEntry: boolean
}

/** Builds the page in memory, and gives its files by their path, such as `/index.html`. */
export async function builtPage(): Promise<Map<string, BuiltFile>> {
  // Vitest says "test", with which React would come as its development build, three times the size.
  vi.stubEnv('NODE_ENV', 'production')
  try {
    const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url))
    const result = await build({ configFile, logLevel: 'error', build: { write: false } })
    const outputs = Array.isArray(result) ? result : 'output' in result ? [result] : []
    return new Map(outputs.flatMap(({ output }) => output.map(fileOf)))
  } finally {
    vi.unstubAllEnvs()
  }
}

type Output =
  | { type: 'chunk'; fileName: string; code: string; imports: string[]; isEntry: boolean }
  | { type: 'asset'; fileName: string; source: string | Uint8Array }

function fileOf(output: Output): [path: string, file: BuiltFile] {
  const path = `/${output.fileName}`
  if (output.type === 'asset')
    return [path, { content: output.source, imports: [], isEntry: false }]
  const imports = output.imports.map((fileName) => `/${fileName}`)
  return [path, { content: output.code, imports, isEntry: output.isEntry }]
}
