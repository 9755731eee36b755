import type { RunRecord } from '../api-types.ts'
import { reasonOf } from '../lab-problem.ts'
import type { RunListener } from '../run/run-scenario.ts'
import type { Scenario } from '../scenario.ts'
import type { Store } from '../store/store.ts'
import { instrumentsOf } from './instruments.ts'
import { writeLog } from './log.ts'
import { recorders } from './processors.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { inSpan } from './span.ts'

type Recorded<Result> = { result: Result; telemetry: NonNullable<RunRecord['telemetry']> }

/**
 * Does a run within a trace of its own, and keeps its spans, lines and points in the lab's database. The listener
 * that `work` is handed feeds the instruments of the scenario's declared metrics; it tells `listener` as well.
 */
export async function withTelemetry<Result>(
  store: Store,
  { id, scenario }: { id: string; scenario: Scenario },
  listener: RunListener | undefined,
  work: (listener: RunListener) => Promise<Result>,
): Promise<Recorded<Result>> {
  const { startSdk } = await import('./sdk.ts') // only now: most commands need none of it
  const sdk = await startSdk()
  const attributes = { scenario: scenario.name, run: id }
  using recorder = createRecorder(store, id, attributes)
  let traceId = ''
  try {
    const result = await inSpan(`run ${scenario.name}`, { attributes, root: true }, (span) => {
      ;({ traceId } = span.spanContext())
      recorders.set(traceId, recorder)
      return work(listening(recorder, instrumentsOf(scenario, id), listener)).catch(
        (error: unknown) => {
          writeLog(reasonOf(error), {}, 'error')
          throw error
        },
      )
    })
    return { result, telemetry: { traceId, ...recorder.counts() } }
  } finally {
    recorders.delete(traceId)
    await sdk.flush()
  }
}

function listening(
  recorder: Recorder,
  feed: ReturnType<typeof instrumentsOf>,
  listener: RunListener | undefined,
): RunListener {
  let round = 1
  return {
    onProgress: (progress) => {
      round = progress.round
      listener?.onProgress?.(progress)
    },
    onSample: (sample) => {
      const { arm, metric, atMs, value } = sample
      feed({ ...sample, round })
      recorder.addPoint({ metric, arm, round, at: new Date().toISOString(), atMs, value })
      listener?.onSample?.(sample)
    },
  }
}
