import { readFile, readdir } from 'node:fs/promises'

/** The rules of the business in words live here, one file per document. */
export const documentsFolder = new URL('../../documents/', import.meta.url)

export type StatedRule = { id: string; document: string; sentence: string }
export type RuleDocument = { name: string; title: string; markdown: string; rules: StatedRule[] }

/** A rule is stated as a list item that begins with its id in bold: `- **QUO-4** An accepted quote is final.` */
const ruleLine = /^- \*\*([A-Z]{3}-\d+)\*\* (.+)$/gm

/** Every document, sorted by name. */
export async function readDocuments(folder: URL = documentsFolder): Promise<RuleDocument[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.md')).toSorted()
  return Promise.all(
    files.map(async (file) =>
      parseDocument(file.replace(/\.md$/, ''), await readFile(new URL(file, folder), 'utf8')),
    ),
  )
}

export function parseDocument(name: string, markdown: string): RuleDocument {
  return {
    name,
    title: /^# (.+)$/m.exec(markdown)?.[1] ?? name,
    markdown,
    rules: [...markdown.matchAll(ruleLine)].map(([, id = '', sentence = '']) => ({
      id,
      document: name,
      sentence,
    })),
  }
}
