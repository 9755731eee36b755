import { randomUUID } from 'node:crypto'
import type {
  Arm,
  Depth,
  ProgressEvent,
  RunRecord,
  SampleEvent,
  TargetAddress,
} from '../api-types.ts'
import { LabProblem, wasCancelled } from '../lab-problem.ts'
import { createRandom } from '../random.ts'
import type { Evidence, Scenario } from '../scenario.ts'
import { holdTarget, withoutPassword } from '../target.ts'
import type { Journal, JournalEntry } from '../undo/journal.ts'
import type { ArmLoads } from '../verdict/behind.ts'
import { judge, type Judgement, type Measurements } from '../verdict/judge.ts'
import { describeVerdict, verdictOf } from '../verdict/words.ts'
import { roundsAt } from './depth.ts'
import { readMachine, readVersions } from './machine.ts'
import { abortable } from './abortable.ts'
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
  /** @default full */
  depth?: Depth
  /** Rounds to begin with. @default the scenario's own at this depth */
  rounds?: number
  /** Whether no further round is needed. @default when every bound is decided */
  enough?(judgement: Judgement): boolean
  /** Already reached by `reachTarget`. @default what the scenario makes itself */
  target?: TargetAddress
  signal: AbortSignal
  listener?: RunListener
}

const runLimitMs = 600_000

/**
 * Runs a scenario: interleaved rounds until every bound is decided or the rounds run out, then
 * control once more to see that all is as before.
 *
 * @throws LabProblem when it is cancelled, can't run here, or goes beyond a time limit.
 */
export async function runScenario(
  lab: Lab,
  scenario: Scenario,
  order: RunOrder,
): Promise<RunRecord> {
  const limitMs = scenario.runLimitMs ?? runLimitMs
  const signal = AbortSignal.any([order.signal, AbortSignal.timeout(limitMs)])
  const run = new Run(lab, scenario, { ...order, signal })
  try {
    await checkThatItCanRun(lab, scenario, order)
    using _held = order.target && holdTarget(order.target)
    return await run.toItsRecord()
  } catch (error) {
    const cancelled = error instanceof LabProblem && error.code === 'cancelled'
    throw cancelled && !order.signal.aborted ? beyondLimit(scenario, limitMs) : error
  }
}

/** @throws LabProblem with the reason why not; nothing has been done yet. */
async function checkThatItCanRun(
  lab: Lab,
  scenario: Scenario,
  { target }: RunOrder,
): Promise<void> {
  const { name } = scenario
  await checkThatNothingIsLeft(lab, name)
  const missing = await scenario.requires?.()
  if (missing) throw new LabProblem('requirement-missing', `${name} can't run: ${missing}`)
  if (!target) return
  const makesItsOwn = 'it makes everything that it acts on itself'
  const reason = scenario.appliesTo ? await scenario.appliesTo(target) : makesItsOwn
  if (reason === undefined) return
  const { url } = withoutPassword(target)
  throw new LabProblem('does-not-apply', `${name} does not apply to ${url}: ${reason}`)
}

/** Under a fault of an earlier run nothing could be compared, and what that did would be blamed on this one. */
async function checkThatNothingIsLeft({ journal }: Lab, name: string): Promise<void> {
  const left = await faultsLeft(journal)
  if (left.length === 0) return
  const kinds = left.map(({ undo }) => undo.kind).join(', ')
  throw new LabProblem(
    'not-undone',
    `${name} can't run: of an earlier run ${left.length} could not be taken back yet (${kinds}). Run 'npx pet lab restore' first.`,
  )
}

/** The lab's own server is no fault. */
async function faultsLeft(journal: Journal): Promise<JournalEntry[]> {
  return (await journal.outstanding()).filter(({ undo }) => undo.kind !== 'remove-server')
}

function beyondLimit({ name }: Scenario, limitMs: number): LabProblem {
  const seconds = limitMs / 1_000
  return new LabProblem('time-limit', `${name} went beyond its time limit of ${seconds} s`)
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
    const { least, most } = roundsAt(order.depth ?? 'full', scenario)
    this.#lab = lab
    this.#scenario = scenario
    this.#order = order
    this.#rounds = order.rounds ?? least
    this.#most = Math.max(most, this.#rounds)
  }

  async toItsRecord(): Promise<RunRecord> {
    const { seed, parameters, signal } = this.#order
    this.report('starting', 'Starting a database server for this run')
    const bench = await this.#lab.bench()
    this.report('preparing', 'Preparing the data that every arm starts from')
    await using template = await bench.template(async (database) => {
      const random = createRandom(seed, 'prepare')
      const prepared = this.#scenario.prepare?.({ parameters, random, database })
      await abortable(Promise.resolve(prepared), signal, wasCancelled)
    })
    const judgement = await this.#untilDecided(template)
    this.report('restoring', 'Measuring control once more')
    const restoration = await this.#restoredState(template, judgement)
    const record = await this.record({ ...judgement, ...restoration })
    this.report('done', record.verdict)
    return record
  }

  async #untilDecided(template: Template): Promise<Judgement> {
    const measured: Measurements = {
      arms: { control: [], failure: [], remedy: [] },
      landings: [],
      baseline: [],
      loads: this.#loads,
    }
    for (;;) {
      for (; this.#round < this.#rounds; this.#round++) await this.#runRound(template, measured)
      const judgement = judge(this.#scenario.metrics, measured, this.#order.seed)
      const enough = this.#order.enough?.(judgement) ?? !judgement.undecided
      if (enough || this.#rounds >= this.#most) return judgement
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

  async #runArm(
    arm: Arm,
    template: Template,
    schedule: unknown,
    { sampled = true } = {},
  ): Promise<ArmOutcome> {
    const { seed, parameters, target, signal, listener } = this.#order
    const before = this.#armMs[arm]
    const sample = (metric: string, value: number, atMs: number) => {
      if (sampled) listener?.onSample?.({ arm, metric, atMs: Math.round(before + atMs), value })
    }
    const outcome = await runArm({
      scenario: this.#scenario,
      arm,
      round: this.#round,
      seed,
      parameters,
      schedule,
      template,
      target,
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

  async #restoredState(template: Template, judgement: Judgement) {
    const { parameters, seed } = this.#order
    const plan = planRound(this.#scenario, { parameters, seed, round: this.#round })
    const control = () => this.#runArm('control', template, plan.schedule, { sampled: false })
    const steady = await measureSteadyState(
      this.#scenario.metrics,
      judgement.arms.control.metrics,
      async () => (await control()).metrics,
    )
    const left = await faultsLeft(this.#lab.journal)
    return { restored: steady.restored && left.length === 0, recoveryMs: steady.recoveryMs }
  }

  async record(result: Judgement & { restored: boolean; recoveryMs: number }): Promise<RunRecord> {
    const { id = randomUUID(), seed, parameters, depth = 'full', target } = this.#order
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
      depth,
      ...(target && { target: withoutPassword(target) }),
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
