import type { Arm, TargetAddress } from '../api-types.ts'
import { LabProblem, wasCancelled } from '../lab-problem.ts'
import { createRandom } from '../random.ts'
import type { ArmContext, ArmResult, Landing, Scenario } from '../scenario.ts'
import { withoutPasswordOf } from '../target.ts'
import { writeLog } from '../telemetry/log.ts'
import { inSpan } from '../telemetry/span.ts'
import { inject } from '../undo/fault.ts'
import type { Journal } from '../undo/journal.ts'
import { abortable } from './abortable.ts'
import { createAcquired, type Acquired } from './acquired.ts'
import type { Template } from './bench.ts'

/** One arm of one round, and who listens to it. */
export type ArmOrder = {
  scenario: Scenario
  arm: Arm
  round: number
  seed: number
  parameters: Record<string, unknown>
  schedule: unknown
  template: Template
  target: TargetAddress | undefined
  journal: Journal
  signal: AbortSignal
  /** Whether the probe is to be asked afterwards. */
  probe: boolean
  onProgress(message: string): void
  /** `atMs` counts from the start of this arm in this round. */
  onSample(metric: string, value: number, atMs: number): void
}

export type ArmOutcome = ArmResult<string> & { landing: Landing | undefined; durationMs: number }

const armLimitMs = 60_000

/**
 * Runs one arm on a database of its own. Everything that it used or injected is taken back before
 * this returns or throws, also on cancellation and at the time limit.
 */
export function runArm(order: ArmOrder): Promise<ArmOutcome> {
  const { arm, round } = order
  const attributes = { arm, round: round + 1 }
  return inSpan(`${arm}, round ${round + 1}`, { attributes }, () => runTraced(order))
}

async function runTraced(order: ArmOrder): Promise<ArmOutcome> {
  const { scenario, arm, signal } = order
  await using database = await order.template.clone()
  const limitMs = scenario.armLimitMs ?? armLimitMs
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)])
  const startedAt = performance.now()
  const acquired = createAcquired(arm)
  const context = contextOf(order, { database, acquired, signal: limit, startedAt })
  try {
    const reason = () => endOf(order, limitMs)
    const result = await abortable(scenario[arm](context), limit, reason)
    checkMetrics(scenario, result.metrics)
    const durationMs = performance.now() - startedAt
    await acquired[Symbol.asyncDispose]()
    const landing = order.probe
      ? await abortable(scenario.landed(context, result), limit, reason)
      : undefined
    return { ...result, landing, durationMs }
  } catch (error) {
    throw order.target ? withoutPasswordOf(order.target, error) : error
  } finally {
    await acquired[Symbol.asyncDispose]()
  }
}

function contextOf(
  order: ArmOrder,
  scope: {
    database: ArmContext['database']
    acquired: Acquired
    signal: AbortSignal
    startedAt: number
  },
): ArmContext {
  const { arm, round, seed, parameters, schedule, template, target, journal } = order
  const { database, acquired, signal, startedAt } = scope
  return {
    arm,
    round,
    seed,
    parameters,
    schedule,
    database,
    target,
    signal,
    random: createRandom(seed, 'arm', round),
    progress: (message) => {
      writeLog(message)
      order.onProgress(message)
    },
    log: (message, attributes) => writeLog(message, attributes),
    span: (name, work, attributes = {}) => inSpan(name, { attributes }, work),
    sample: (metric, value) => order.onSample(metric, value, performance.now() - startedAt),
    inject: async (fault) => {
      const injected = await acquired.acquire(() => inject(journal, fault))
      writeLog(`injected ${fault.name}`, { fault: fault.name, limitMs: fault.limitMs }, 'warn')
      return injected
    },
    use: (resource) => acquired.use(resource),
    emptyDatabase: () => acquired.acquire(() => template.empty()),
  }
}

function endOf({ signal, scenario, arm }: ArmOrder, limitMs: number): LabProblem {
  if (signal.aborted) return wasCancelled()
  return new LabProblem(
    'time-limit',
    `The ${arm} arm of ${scenario.name} went beyond its time limit of ${limitMs / 1_000} s`,
  )
}

/** Every declared metric as a number, and no other. */
function checkMetrics({ name, metrics: declared }: Scenario, metrics: Record<string, number>) {
  const undeclared = Object.keys(metrics).find((metric) => !Object.hasOwn(declared, metric))
  if (undeclared !== undefined) {
    throw new LabProblem('bad-scenario', `${name} measures ${undeclared}, undeclared`)
  }
  const missing = Object.keys(declared).find((metric) => !Number.isFinite(metrics[metric]))
  if (missing === undefined) return
  throw new LabProblem('bad-scenario', `${name} measured ${missing} as ${metrics[missing]}`)
}
