import { randomUUID } from 'node:crypto'
import type { RunRequest, RunRow, RunView } from '../api-types.ts'
import { LabProblem } from '../lab-problem.ts'
import { parseParameters } from '../parameters.ts'
import type { Registry } from '../registry.ts'
import { anySeed } from '../run/limits.ts'
import { holdLab, labFolders, openLabStore, tidyRuns } from '../run/open-lab.ts'
import { findRun, listRuns } from '../store/runs.ts'
import type { Store } from '../store/store.ts'
import { reachTarget } from '../target.ts'
import { startRun, type NumberedEvent, type Run } from './run.ts'

/** The runs of a panel: at most one under way, and the history. */
export type Runs = AsyncDisposable & {
  /** @throws LabProblem `unknown-scenario`, `bad-parameter`, `unreachable-target` or `busy`. */
  start(request: RunRequest): Promise<{ id: string }>
  /** Newest first; `before`: only those older than the run with this id. */
  list(page: { limit: number; before?: string | undefined }): RunRow[]
  find(id: string): RunView | undefined
  /** Undefined when there is no such run. */
  follow(id: string, after: number): Follow | undefined
  /** Whether there was a run under way with this id. */
  cancel(id: string): boolean
  /** The database that the history is in. */
  store: Store
}

export type Follow = (listening: AbortSignal) => AsyncIterable<NumberedEvent>

/** Runs remembered with all their events; older ones have their record only. */
const mostRemembered = 20

export async function createRuns({
  registry,
  home,
}: {
  registry: Registry
  home: string
}): Promise<Runs> {
  const remembered = new Map<string, Run>()
  const folders = labFolders(home)
  const store = openLabStore(folders)
  await tidyRuns(folders, store)
  const underWay = () => [...remembered.values()].find((run) => run.row().status === 'running')

  const refuseWhileBusy = () => {
    const run = underWay()
    if (run) throw busy(run.row())
  }

  const start = async (request: RunRequest) => {
    const { name, seed = anySeed(), parameters = {}, rounds, depth = 'full' } = request
    const { scenario, file } = registry.find(name)
    const checked = parseParameters(scenario, parameters, depth)
    refuseWhileBusy()
    const target = request.target === undefined ? undefined : await reachTarget(request.target)
    ;(await holdLab(folders))[Symbol.dispose]() // somebody's command may be at work here
    refuseWhileBusy() // somebody else may have come in the meantime
    const id = randomUUID()
    const run = startRun(name, {
      file: file.href,
      home,
      id,
      seed,
      parameters: checked,
      depth,
      ...(rounds !== undefined && { rounds }),
      ...(target !== undefined && { target }),
    })
    remembered.set(id, run)
    void run.ended
      .then(() => (store.database.isOpen ? tidyRuns(folders, store) : undefined))
      .catch(() => {}) // the next run's start says it as well
    forgetOldest(remembered)
    return { id }
  }

  const find = (id: string) => remembered.get(id)?.view() ?? findRun(store, id)

  return {
    start,
    // What is remembered knows best; what has no row yet, or never got one, belongs between the others.
    list: ({ limit, before }) => {
      const kept = listRuns(store, { limit, before })
      const known = new Map(kept.map((row) => [row.id, row]))
      const oldest = kept.length < limit ? '' : (kept.at(-1)?.startedAt ?? '')
      const newest = before === undefined ? undefined : find(before)?.startedAt
      for (const row of [...remembered.values()].map((run) => run.row())) {
        const { id, startedAt } = row
        const belongs = startedAt > oldest && (newest === undefined || startedAt < newest)
        if (known.has(id) || belongs) known.set(id, row)
      }
      return [...known.values()]
        .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
        .slice(0, limit)
    },
    find,
    follow: (id, after) => {
      const run = remembered.get(id)
      if (run) return (listening) => run.events(after, listening)
      const view = findRun(store, id)
      return view && (() => onlyTheEnd(view))
    },
    cancel: (id) => {
      const run = remembered.get(id)
      if (run?.row().status !== 'running') return false
      run.cancel()
      return true
    },
    store,
    [Symbol.asyncDispose]: async () => {
      const run = underWay()
      run?.cancel()
      await run?.ended
      store[Symbol.dispose]()
    },
  }
}

/** All that is left of a run whose events are forgotten, or were never ours. */
async function* onlyTheEnd(view: RunView): AsyncGenerator<NumberedEvent> {
  switch (view.status) {
    case 'running':
      return
    case 'finished':
      yield { id: 1, event: 'verdict', data: view.record }
      return
    case 'cancelled':
    case 'failed':
    case 'skipped':
      yield { id: 1, event: 'ended', data: { status: view.status, reason: view.reason } }
  }
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
