import { fork, type ChildProcess } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import type { EndedEvent, ProgressEvent, RunEvent, RunRow, RunView } from '../api-types.ts'
import type { RunAssignment, ToRunProcess } from './run-messages.ts'

/** A numbered event of a run, so that a listener can go on where it was cut off. */
export type NumberedEvent = { id: number } & RunEvent

/** A run that the panel started, while it goes on and for some time after. */
export type Run = {
  row(): RunRow
  view(): RunView
  /** What has happened since event `after`, then what happens, until the run ends. */
  events(after: number, listening: AbortSignal): AsyncGenerator<NumberedEvent>
  cancel(): void
  /** Settles when its process is gone: everything has been taken back. */
  ended: Promise<void>
}

/** Events kept for who joins late; of more, the oldest samples are forgotten. */
const mostEvents = 20_000

/** How long a cancelled run may take to take everything back, before its watchdog has to. */
const patienceMs = 20_000

/** Starts a run in a process of its own. */
export function startRun(name: string, assignment: RunAssignment): Run {
  const { id, seed } = assignment
  const startedAt = new Date().toISOString()
  const log = createLog()
  const child = fork(new URL('./run-process.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const tell = (message: ToRunProcess) => child.connected && child.send(message)
  child.on('message', (event: RunEvent) => log.add(event))
  tell({ run: assignment })
  const ended = endOf(child).then((reason) => {
    if (log.end() === undefined) log.add({ event: 'ended', data: { status: 'failed', reason } })
  })
  const row = (): RunRow => rowOf({ id, name, seed, startedAt }, log.end())
  return {
    row,
    view: () => viewOf(row(), log.end(), log.progress()),
    events: log.follow,
    ended,
    cancel: () => {
      tell({ cancel: true })
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      void ended.then(() => clearTimeout(timer))
    },
  }
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    return `The process of the run ended (${signal ?? code}) before its verdict.`
  } catch (error) {
    return `The process of the run could not start: ${String(error)}`
  }
}

type End = Extract<RunEvent, { event: 'verdict' | 'ended' }>

/** The events of one run: the last `mostEvents`, and whoever waits for more. */
function createLog() {
  const events: NumberedEvent[] = []
  const arrivals = new EventEmitter({ captureRejections: false }).setMaxListeners(0)
  let next = 1
  let end: End | undefined
  let progress: ProgressEvent | undefined
  return {
    add: (event: RunEvent) => {
      if (event.event === 'progress') progress = event.data
      if (event.event === 'verdict' || event.event === 'ended') end = event
      events.push({ id: next++, ...event })
      if (events.length > mostEvents) forgetOldestSample(events)
      arrivals.emit('event')
    },
    end: () => end,
    progress: () => progress,
    follow: async function* (after: number, listening: AbortSignal) {
      for (let seen = after; ;) {
        const unseen = events.filter(({ id }) => id > seen)
        for (const event of unseen) {
          yield event
          seen = event.id
          if (event.event === 'verdict' || event.event === 'ended') return
        }
        if (unseen.length > 0) continue
        if (end !== undefined || listening.aborted) return
        await once(arrivals, 'event', { signal: listening }).catch(() => {})
      }
    },
  }
}

function forgetOldestSample(events: NumberedEvent[]): void {
  const oldest = events.findIndex(({ event }) => event === 'sample')
  events.splice(Math.max(0, oldest), 1)
}

function rowOf(
  start: Pick<RunRow, 'id' | 'name' | 'seed' | 'startedAt'>,
  end: End | undefined,
): RunRow {
  if (end === undefined) return { ...start, status: 'running' }
  if (end.event === 'ended') return { ...start, status: end.data.status }
  const { verdict, asHypothesised, durationMs } = end.data
  return { ...start, status: 'finished', verdict, asHypothesised, durationMs }
}

function viewOf(row: RunRow, end: End | undefined, progress: ProgressEvent | undefined): RunView {
  if (end === undefined) return { ...row, status: 'running', ...(progress && { progress }) }
  if (end.event === 'verdict') return { ...row, status: 'finished', record: end.data }
  const { status, reason }: EndedEvent = end.data
  return { ...row, status, reason }
}
