import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { builtPage, type BuiltFile } from './testing/built-page.ts'

/** The promise is 300 kB; what goes beyond this deserves a thought before it gets there. */
const mostBytes = 220_000

test('the JavaScript that the first page needs stays small', async () => {
  const files = await builtPage()
  const initial = loadedAtOnce(files)
  const sizes = initial.map((path) => gzipSync(files.get(path)?.content ?? '').length)
  expect(initial.length).toBeGreaterThan(0)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(mostBytes)
})

/** A word of each part that has a chunk of its own: charts, highlighter, markdown, the editor. */
const wordsOfLateParts = ['uplot', 'hljs', 'list_item_open', 'Saving and sending']

test('charts, highlighter, markdown and the editor wait until they are needed', async () => {
  const files = await builtPage()
  const codeOf = (paths: string[]) => paths.map((path) => String(files.get(path)?.content)).join()
  const everything = codeOf([...files.keys()])
  const initial = codeOf(loadedAtOnce(files))
  for (const word of wordsOfLateParts) {
    expect(everything).toContain(word)
    expect(initial).not.toContain(word)
  }
})

/** The entry, and what it imports, directly or through others. */
function loadedAtOnce(files: Map<string, BuiltFile>): string[] {
  const reached = [...files].filter(([, file]) => file.isEntry).map(([path]) => path)
  for (const path of reached)
    for (const imported of files.get(path)?.imports ?? [])
      if (!reached.includes(imported)) reached.push(imported)
  return reached
}
