import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from './reach.ts'
import type { Module } from './modules.ts'

/**
 * Inside pet an area has its tables in a schema that bears its name, and no other area touches them: they
 * talk through events and functions. Finds SQL in one area that names a table of another's, or of the ledger.
 */
export async function findForeignTables(root: string, modules: Module[]): Promise<Finding[]> {
  const migrations = await Array.fromAsync(glob('pet/migrations/*.sql', { cwd: root }))
  const files = [
    ...modules.filter(({ path }) => /^pet\/[^/]+\//.test(path) && !path.includes('.test.')),
    ...(await Promise.all(
      migrations.map(async (path) => ({ path, source: await readFile(join(root, path), 'utf8') })),
    )),
  ]
  const schemas = new Set(
    files.flatMap(({ source }) =>
      [...source.matchAll(/create schema (\w+)/gi)].map(([, name]) => name),
    ),
  )
  return files.flatMap(({ path, source }) => {
    const isMigration = path.endsWith('.sql')
    const area = isMigration ? /\d+-(\w+)/.exec(path)?.[1] : path.split('/')[1]
    return (
      [...source.matchAll(/\b(?:from|join|into|update|table)\s+(\w+)\.("?\w+"?)/gi)]
        .filter(([, schema = '']) => schema !== area)
        // An inline projection is SQL over the range of the log that it is given.
        .filter(([, schema = '']) => schemas.has(schema) || (schema === 'ledger' && !isMigration))
        .map(([, schema, table]) => ({
          path,
          says: `touches ${schema}.${table}, a table of another area: use its events or its functions`,
        }))
    )
  })
}
