import { randomUUID } from 'node:crypto'
import type { RunRecord, RunRequest, RunRow, RunView } from '../api-types.ts'
import { LabProblem } from '../lab-problem.ts'
import { parseParameters } from '../parameters.ts'
import type { Registry } from '../registry.ts'
import { anySeed } from '../run/limits.ts'
import { labFolders } from '../run/open-lab.ts'
import { findRecord, listRecords } from '../run/records.ts'
import { startRun, type NumberedEvent, type Run } from './run.ts'

/** The runs of a panel: at most one under way, and the history. */
export type Runs = AsyncDisposable & {
  /** @throws LabProblem `unknown-scenario`, `bad-parameter` or `busy`. */
  start(request: RunRequest): { id: string }
  /** Newest first; `before`: only those older than the run with this id. */
  list(page: { limit: number; before?: string | undefined }): Promise<RunRow[]>
  find(id: string): Promise<RunView | undefined>
  /** Undefined when there is no such run. */
  follow(id: string, after: number): Promise<Follow | undefined>
  /** Whether there was a run under way with this id. */
  cancel(id: string): boolean
}

export type Follow = (listening: AbortSignal) => AsyncIterable<NumberedEvent>

/** Runs remembered with all their events; older ones have their record only. */
const mostRemembered = 20

export function createRuns({ registry, home }: { registry: Registry; home: string }): Runs {
  const remembered = new Map<string, Run>()
  const folder = labFolders(home).records
  const underWay = () => [...remembered.values()].find((run) => run.row().status === 'running')

  const start = ({ name, seed = anySeed(), parameters = {}, rounds }: RunRequest) => {
    const { scenario, file } = registry.find(name)
    const checked = parseParameters(scenario, parameters)
    const busyWith = underWay()
    if (busyWith) throw busy(busyWith.row())
    const id = randomUUID()
    const order = { file: file.href, home, id, seed, parameters: checked }
    remembered.set(id, startRun(name, { ...order, ...(rounds !== undefined && { rounds }) }))
    forgetOldest(remembered)
    return { id }
  }

  return {
    start,
    list: async ({ limit, before }) => {
      const records = (await listRecords(folder, { limit, before })).map(rowOfRecord)
      const known = new Set(records.map(({ id }) => id))
      // Those without a record (under way, cancelled, failed) belong between the others.
      const oldest = records.length < limit ? '' : (records.at(-1)?.startedAt ?? '')
      const newest = before === undefined ? undefined : (await find(before))?.startedAt
      const others = [...remembered.values()]
        .map((run) => run.row())
        .filter(({ id, startedAt }) => !known.has(id) && startedAt > oldest)
        .filter(({ startedAt }) => newest === undefined || startedAt < newest)
      return [...others, ...records]
        .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
        .slice(0, limit)
    },
    find,
    follow: async (id, after) => {
      const run = remembered.get(id)
      if (run) return (listening) => run.events(after, listening)
      const record = await findRecord(folder, id)
      return record && (() => onlyVerdict(record))
    },
    cancel: (id) => {
      const run = remembered.get(id)
      if (run?.row().status !== 'running') return false
      run.cancel()
      return true
    },
    [Symbol.asyncDispose]: async () => {
      const run = underWay()
      run?.cancel()
      await run?.ended
    },
  }

  async function find(id: string): Promise<RunView | undefined> {
    const run = remembered.get(id)
    if (run) return run.view()
    const record = await findRecord(folder, id)
    return record && { ...rowOfRecord(record), status: 'finished', record }
  }
}

async function* onlyVerdict(record: RunRecord): AsyncGenerator<NumberedEvent> {
  yield { id: 1, event: 'verdict', data: record }
}

function rowOfRecord(record: RunRecord): RunRow {
  const { id, name, seed, startedAt, durationMs, verdict, asHypothesised } = record
  return { id, name, status: 'finished', seed, startedAt, durationMs, verdict, asHypothesised }
}

function forgetOldest(remembered: Map<string, Run>): void {
  for (const [id, run] of remembered) {
    if (remembered.size <= mostRemembered) return
    if (run.row().status !== 'running') remembered.delete(id)
  }
}

function busy({ id, name }: RunRow): LabProblem {
  return new LabProblem(
    'busy',
    `The run ${id} of ${name} is under way: one at a time, so that they don't disturb each other. Wait for it or cancel it.`,
  )
}
