import { randomUUID } from 'node:crypto'
import type { Arm, ProgressEvent, RunRecord, SampleEvent } from '../api-types.ts'
import { LabProblem } from '../lab-problem.ts'
import { createRandom } from '../random.ts'
import type { Evidence, Scenario } from '../scenario.ts'
import type { ArmLoads } from '../verdict/behind.ts'
import { judge, type Judgement, type Measurements } from '../verdict/judge.ts'
import { describeVerdict, verdictOf } from '../verdict/words.ts'
import { readMachine, readVersions } from './machine.ts'
import type { Template } from './bench.ts'
import type { Lab } from './open-lab.ts'
import { runArm, type ArmOutcome } from './run-arm.ts'
import { measureSteadyState } from './steady-state.ts'
import { planRound, scheduleHash } from './schedule.ts'

export type RunListener = {
  onProgress?(progress: ProgressEvent): void
  onSample?(sample: SampleEvent): void
}

export type RunOrder = {
  id?: string
  seed: number
  /** Already checked by `parseParameters`. */
  parameters: Record<string, unknown>
  /** Rounds to begin with. @default the scenario's own */
  rounds?: number
  signal: AbortSignal
  listener?: RunListener
}

/**
 * Runs a scenario: interleaved rounds until every bound is decided or the rounds run out, then
 * control once more to see that all is as before.
 *
 * @throws LabProblem when it is cancelled, can't run here, or an arm goes beyond its time limit.
 */
export async function runScenario(
  lab: Lab,
  scenario: Scenario,
  order: RunOrder,
): Promise<RunRecord> {
  const run = new Run(lab, scenario, order)
  run.report('starting', 'Starting a database server for this run')
  const missing = await scenario.requires?.()
  if (missing) throw new LabProblem('requirement-missing', `${scenario.name} can't run: ${missing}`)
  const bench = await lab.bench()
  run.report('preparing', 'Preparing the data that every arm starts from')
  await using template = await bench.template(async (database) => {
    const random = createRandom(order.seed, 'prepare')
    await scenario.prepare?.({ parameters: order.parameters, random, database })
  })
  const judgement = await run.untilDecided(template)
  run.report('restoring', 'Measuring control once more')
  const { restored, recoveryMs } = await run.restoredState(template, judgement)
  const record = await run.record({ ...judgement, restored, recoveryMs })
  run.report('done', record.verdict)
  return record
}

/** The state of one run. */
class Run {
  readonly #startedAt = new Date()
  readonly #started = performance.now()
  readonly #armMs: Record<Arm, number> = { control: 0, failure: 0, remedy: 0 }
  readonly #evidence: Record<Arm, unknown[]> = { control: [], failure: [], remedy: [] }
  readonly #loads: ArmLoads = { control: [], failure: [], remedy: [] }
  readonly #lab: Lab
  readonly #scenario: Scenario
  readonly #order: RunOrder
  #round = 0
  #rounds: number
  readonly #most: number

  constructor(lab: Lab, scenario: Scenario, order: RunOrder) {
    const { least, most } = scenario.rounds ?? { least: 5, most: 15 }
    this.#lab = lab
    this.#scenario = scenario
    this.#order = order
    this.#rounds = order.rounds ?? least
    this.#most = Math.max(most, this.#rounds)
  }

  async untilDecided(template: Template): Promise<Judgement> {
    const measured: Measurements = {
      arms: { control: [], failure: [], remedy: [] },
      landings: [],
      baseline: [],
      loads: this.#loads,
    }
    for (;;) {
      for (; this.#round < this.#rounds; this.#round++) await this.#runRound(template, measured)
      const judgement = judge(this.#scenario.metrics, measured, this.#order.seed)
      if (!judgement.undecided || this.#rounds >= this.#most) return judgement
      this.#rounds++
    }
  }

  async #runRound(template: Template, measured: Measurements): Promise<void> {
    const { parameters, seed } = this.#order
    const plan = planRound(this.#scenario, { parameters, seed, round: this.#round })
    for (const arm of plan.order) {
      this.report('running', `${arm}, round ${this.#round + 1} of ${this.#rounds}`, arm)
      const outcome = await this.#runArm(arm, template, plan.schedule)
      measured.arms[arm].push(outcome.metrics)
      this.#loads[arm].push(outcome.loads ?? [])
      if (outcome.evidence !== undefined) this.#evidence[arm].push(outcome.evidence)
      if (!outcome.landing) continue
      if (arm === 'failure') measured.landings.push(outcome.landing)
      else measured.baseline.push(outcome.landing)
    }
  }

  async #runArm(arm: Arm, template: Template, schedule: unknown): Promise<ArmOutcome> {
    const { seed, parameters, signal, listener } = this.#order
    const before = this.#armMs[arm]
    const sample = (metric: string, value: number, atMs: number) =>
      listener?.onSample?.({ arm, metric, atMs: Math.round(before + atMs), value })
    const outcome = await runArm({
      scenario: this.#scenario,
      arm,
      round: this.#round,
      seed,
      parameters,
      schedule,
      template,
      journal: this.#lab.journal,
      signal,
      probe: arm !== 'remedy',
      onProgress: (message) => this.report('running', message, arm),
      onSample: sample,
    })
    this.#armMs[arm] = before + outcome.durationMs
    for (const [metric, value] of Object.entries(outcome.metrics)) {
      sample(metric, value, outcome.durationMs)
    }
    return outcome
  }

  async restoredState(template: Template, judgement: Judgement) {
    const { parameters, seed } = this.#order
    const plan = planRound(this.#scenario, { parameters, seed, round: this.#round })
    const steady = await measureSteadyState(
      this.#scenario.metrics,
      judgement.arms.control.metrics,
      async () => (await this.#runArm('control', template, plan.schedule)).metrics,
    )
    const outstanding = await this.#lab.journal.outstanding()
    const faultsLeft = outstanding.filter(({ undo }) => undo.kind !== 'remove-server')
    return { restored: steady.restored && faultsLeft.length === 0, recoveryMs: steady.recoveryMs }
  }

  async record(result: Judgement & { restored: boolean; recoveryMs: number }): Promise<RunRecord> {
    const { id = randomUUID(), seed, parameters } = this.#order
    const { name, category } = this.#scenario
    const { landed, demonstrated, remedyHolds, restored, recoveryMs, probe, bounds, behind } =
      result
    const evidence: Evidence = this.#evidence
    const { verdict = verdictOf(result), ...report } = this.#scenario.report?.(evidence) ?? {}
    const decided = verdictOf(result) === 'as hypothesised'
    return {
      name,
      category,
      verdict,
      asHypothesised: decided && (verdict === 'as hypothesised' || verdict === 'resolved'),
      words: describeVerdict(this.#scenario, result),
      seed,
      scheduleHash: scheduleHash(this.#scenario, { parameters, seed }),
      landed,
      demonstrated,
      remedyHolds,
      restored,
      ...report,
      ...(behind.length > 0 && { behind }),
      probe,
      recoveryMs,
      arms: withEvidence(result.arms, report.walk ? {} : evidence, this.#loads),
      bounds,
      rounds: this.#round,
      parameters,
      id,
      versions: readVersions(this.#scenario, await this.#lab.bench()),
      machine: readMachine(),
      startedAt: this.#startedAt.toISOString(),
      durationMs: Math.round(performance.now() - this.#started),
    }
  }

  report(phase: ProgressEvent['phase'], message: string, arm?: Arm): void {
    this.#order.listener?.onProgress?.({
      ...(arm && { arm }),
      round: Math.min(this.#round + 1, this.#rounds),
      rounds: this.#rounds,
      phase,
      message,
      elapsedMs: Math.round(performance.now() - this.#started),
    })
  }
}

/** Evidence that a report has already put into words is not repeated. */
function withEvidence(
  arms: Judgement['arms'],
  evidence: Partial<Evidence>,
  loads: ArmLoads,
): RunRecord['arms'] {
  const one = (arm: Arm) => ({
    ...arms[arm],
    ...(evidence[arm]?.length ? { evidence: [...evidence[arm]] } : {}),
    ...(loads[arm].some(({ length }) => length > 0) && { loads: loads[arm] }),
  })
  return { control: one('control'), failure: one('failure'), remedy: one('remedy') }
}
