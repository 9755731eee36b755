import type { Attributes } from '@opentelemetry/api'
import type { RunRecord } from '../api-types.ts'
import { reasonOf } from '../lab-problem.ts'
import { retention } from '../store/retention.ts'
import type { Store } from '../store/store.ts'
import { insertLogs, insertPoints, insertSpans } from '../store/telemetry.ts'
import type { KeptLog, KeptPoint, KeptSpan } from '../store/telemetry.ts'

/** How often points are written, which is what the metrics of a running run are read from. */
const pointsEveryMs = 1_000

/** What one run keeps of its telemetry, within bounds; what is beyond is counted. */
export type Recorder = Disposable & {
  /** What every span and line of the run has. */
  attributes: Attributes
  addSpan(span: KeptSpan): void
  addLog(log: KeptLog): void
  addPoint(point: KeptPoint): void
  /** Writes down what has come in. Between the arms, so that writing disturbs no measurement. */
  flush(): void
  counts(): Omit<NonNullable<RunRecord['telemetry']>, 'traceId'>
}

export function createRecorder(
  store: Store,
  run: string,
  attributes: Attributes,
  bounds: Pick<typeof retention, 'spansPerRun' | 'logsPerRun' | 'pointsPerRun'> = retention,
): Recorder {
  const spans = bounded<KeptSpan>(bounds.spansPerRun)
  const logs = bounded<KeptLog>(bounds.logsPerRun)
  const points = bounded<KeptPoint>(bounds.pointsPerRun)
  /** Beyond the bound the latest of each metric is still written, so that it is never long out of date. */
  const latest = new Map<string, KeptPoint>()

  const flushPoints = neverFailing(() => {
    insertPoints(store, run, [...points.take(), ...latest.values()])
    latest.clear()
  })
  const flushTheRest = neverFailing(() => {
    insertSpans(store, run, spans.take())
    insertLogs(store, run, logs.take())
  })
  const flush = () => {
    flushPoints()
    flushTheRest()
  }
  const timer = setInterval(flushPoints, pointsEveryMs).unref()
  return {
    attributes,
    addSpan: (span) => void spans.add(span),
    addLog: (log) => void logs.add(log),
    addPoint: (point) => {
      if (!points.add(point)) latest.set(`${point.arm} ${point.metric}`, point)
    },
    flush,
    counts: () => ({
      spans: spans.kept(),
      logs: logs.kept(),
      points: points.kept(),
      leftOut: { spans: spans.leftOut(), logs: logs.leftOut(), points: points.leftOut() },
    }),
    [Symbol.dispose]: () => {
      clearInterval(timer)
      flush()
    },
  }
}

/** A disk that is full, say, is no reason for a run to fail: what can't be kept is lost, and said. */
function neverFailing(write: () => void): () => void {
  return () => {
    try {
      write()
    } catch (error) {
      process.emitWarning(
        `Telemetry of the run could not be kept: ${reasonOf(error)}`,
        'LabWarning',
      )
    }
  }
}

/** Takes the first `most`, and counts the rest. */
function bounded<Item>(most: number) {
  let waiting: Item[] = []
  let kept = 0
  let leftOut = 0
  return {
    add: (item: Item): boolean => {
      if (kept >= most) {
        leftOut++
        return false
      }
      kept++
      waiting.push(item)
      return true
    },
    take: (): Item[] => {
      const taken = waiting
      waiting = []
      return taken
    },
    kept: () => kept,
    leftOut: () => leftOut,
  }
}
