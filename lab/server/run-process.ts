import type { RunEvent } from '../api-types.ts'
import { openLab } from '../run/open-lab.ts'
import { endOf, recordRun } from '../run/record-run.ts'
import type { Scenario } from '../scenario.ts'
import type { FromRunProcess, RunAssignment, ToRunProcess } from './run-messages.ts'

/**
 * One run in a process of its own, so that heavy arms never block the panel. It ends with the run;
 * when the panel goes, the run is cancelled and taken back.
 */
const cancelled = new AbortController()
process.on('SIGINT', () => {}) // a Ctrl-C reaches this process too, but the panel decides
// Asking again must not end it before everything is taken back.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cancelled.abort())
process.once('disconnect', () => cancelled.abort())
process.on('message', (message: ToRunProcess) => {
  if ('cancel' in message) cancelled.abort()
  else void carryOut(message.run)
})

async function carryOut(assignment: RunAssignment): Promise<void> {
  await tell(await outcomeOf(assignment))
  process.exit()
}

/** Comes to its end only when all has been taken back. */
async function outcomeOf({ file, home, ...order }: RunAssignment): Promise<RunEvent> {
  try {
    const { default: scenario } = (await import(file)) as { default: Scenario }
    await using lab = await openLab({ home })
    const record = await recordRun(lab, scenario, {
      ...order,
      signal: cancelled.signal,
      listener: {
        onProgress: (data) => void tell({ event: 'progress', data }),
        onSample: (data) => void tell({ event: 'sample', data }),
      },
    })
    return { event: 'verdict', data: record }
  } catch (error) {
    return { event: 'ended', data: endOf(error) }
  }
}

/** Resolves when it is sent, or nobody listens any more. */
function tell(event: FromRunProcess): Promise<void> {
  return new Promise((settle) => {
    if (process.connected) process.send?.(event, undefined, undefined, () => settle())
    else settle()
  })
}
