import { randomUUID } from 'node:crypto'
import type { RunRecord } from '../api-types.ts'
import { LabProblem, reasonOf, type LabProblemCode } from '../lab-problem.ts'
import type { Scenario } from '../scenario.ts'
import { beginRun, endRun, type RunEnd } from '../store/runs.ts'
import { withTelemetry } from '../telemetry/run-telemetry.ts'
import type { Lab } from './open-lab.ts'
import { runScenario, type RunOrder } from './run-scenario.ts'

/** Runs a scenario and keeps it, with its telemetry, in the lab's database, from its start to however it ends. */
export async function recordRun(lab: Lab, scenario: Scenario, order: RunOrder): Promise<RunRecord> {
  const { id = randomUUID(), seed } = order
  const { name, category } = scenario
  beginRun(lab.store, { id, name, category, seed, startedAt: new Date().toISOString() })
  try {
    const { result, telemetry } = await withTelemetry(
      lab.store,
      { id, scenario },
      order.listener,
      (listener) => runScenario(lab, scenario, { ...order, id, listener }),
    )
    const record = { ...result, telemetry }
    endRun(lab.store, id, { status: 'finished', record })
    return record
  } catch (error) {
    endRun(lab.store, id, endOf(error))
    throw error
  }
}

/** Whether a run that ends with this could not take place here, and nothing was done. */
export function skips(code: LabProblemCode): boolean {
  return code === 'requirement-missing' || code === 'does-not-apply'
}

/** How a run that came to no record ended. */
export function endOf(error: unknown): Exclude<RunEnd, { status: 'finished' }> {
  const reason = reasonOf(error)
  const code = error instanceof LabProblem ? error.code : undefined
  if (code === 'cancelled') return { status: 'cancelled', reason }
  if (code !== undefined && skips(code)) return { status: 'skipped', reason }
  return { status: 'failed', reason }
}
