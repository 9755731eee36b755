import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRecord } from '../api-types.ts'

/** Records kept; the oldest go first. */
const mostRecords = 500

/** Writes a record into the history. File names sort by time. */
export async function saveRecord(folder: string, record: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, fileName(record))
  const text = `${JSON.stringify(record, null, 2)}\n`
  // Written beside and renamed, so that a reader never meets half a record.
  await writeFile(`${file}.part`, text)
  await rename(`${file}.part`, file)
  const names = await recordNames(folder)
  await Promise.all(names.slice(mostRecords).map((name) => rm(join(folder, name), { force: true })))
}

/** The newest records first. `before`: only those older than the run with this id. */
export async function listRecords(
  folder: string,
  { limit, before }: { limit: number; before?: string | undefined },
): Promise<RunRecord[]> {
  const names = await recordNames(folder)
  const from = before === undefined ? 0 : names.findIndex((name) => name.includes(before)) + 1
  return Promise.all(names.slice(from, from + limit).map((name) => readRecord(folder, name)))
}

export async function findRecord(folder: string, id: string): Promise<RunRecord | undefined> {
  const name = (await recordNames(folder)).find((candidate) => candidate.endsWith(`_${id}.json`))
  return name === undefined ? undefined : readRecord(folder, name)
}

async function recordNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => name.endsWith('.json')).toSorted((a, b) => (a < b ? 1 : -1))
}

async function readRecord(folder: string, name: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(folder, name), 'utf8')) as RunRecord
}

function fileName({ startedAt, id }: RunRecord): string {
  return `${startedAt.replaceAll(':', '-')}_${id}.json`
}
