import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRecord } from '../api-types.ts'
import { inTransaction, type Store } from './store.ts'

/**
 * Takes over the records that earlier versions kept as a file each. A file goes once its record is in the
 * database; one that can't be read stays where it is.
 */
export function takeOverRecords(store: Store, folder: string): void {
  const files = jsonFiles(folder).flatMap((file) => {
    const record = readRecord(file)
    return record ? [{ file, record }] : []
  })
  if (files.length === 0) return
  const insert = store.database.prepare(
    `insert or ignore into run
       (id, name, category, status, seed, started_at, duration_ms, verdict, as_hypothesised, record)
     values (?, ?, ?, 'finished', ?, ?, ?, ?, ?, ?)`,
  )
  inTransaction(store, () => {
    for (const { record } of files) {
      const { id, name, category, seed, startedAt, durationMs, verdict, asHypothesised } = record
      const figures = [durationMs, verdict, Number(asHypothesised), JSON.stringify(record)] as const
      insert.run(id, name, category, seed, startedAt, ...figures)
    }
  })
  for (const { file } of files) rmSync(file, { force: true })
}

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

function readRecord(file: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as RunRecord
    return typeof record.id === 'string' && typeof record.startedAt === 'string'
      ? record
      : undefined
  } catch {
    return undefined
  }
}
