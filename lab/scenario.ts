import type { Attributes, Span } from '@opentelemetry/api'
import type { z } from 'zod'
import type {
  Arm,
  BusinessReport,
  LoadReport,
  Target,
  TargetAddress,
  Verdict,
} from './api-types.ts'
import type { ArmDatabase } from './run/arm-database.ts'
import type { Random } from './random.ts'
import type { Fault } from './undo/fault.ts'
import type { AbsoluteBound, Bound } from './verdict/bound.ts'

/** A figure that the arms measure, and the bound that each arm must meet. */
export type Metric = {
  /** As UCUM writes it: `'1'` or `'{transfer}'` for counts, `'s'`, `'1/s'`, `'By'`, `'%'`. */
  unit: string
  help: string
  /**
   * Counts are exact and added up over the rounds; measures are means with an interval.
   * @default a count when the unit is `'1'` or in braces, else a measure
   */
  kind?: 'count' | 'measure'
  control?: AbsoluteBound
  failure?: Bound
  remedy?: Bound
}

/** What an arm answers: its figures, and anything else worth keeping in the record. */
export type ArmResult<Name extends string> = {
  metrics: Record<Name, number>
  evidence?: unknown
  /** Of `runLoad` and its like: a run of which one fell behind its schedule is inconclusive. */
  loads?: readonly LoadReport[]
}

/** What a scenario's functions get before there is an arm: parameters and seeded randomness. */
export type DrawContext<Parameters> = { parameters: Parameters; random: Random }

/** What an arm works with. Everything that it acquires belongs into `use`, `inject` or a finally. */
export type ArmContext<Parameters = Record<string, unknown>, Schedule = unknown> = {
  arm: Arm
  round: number
  seed: number
  parameters: Parameters
  /** What `schedule` drew for this round: the same for all three arms. */
  schedule: Schedule
  /** The same sequence in each arm of a round. */
  random: Random
  /** A clone of what `prepare` made, this arm's own. */
  database: ArmDatabase
  /** What the run was pointed at, by `--target`; nothing when the scenario makes what it acts on. */
  target: TargetAddress | undefined
  /** Aborted on cancellation and at the arm's time limit. */
  signal: AbortSignal
  progress(message: string): void
  /** A line of the run's log, found by the run and by the span that it was written in. */
  log(message: string, attributes?: Attributes): void
  /** A span of the run's trace, below the arm's own; what is traced within it lies below it. */
  span<Result>(
    name: string,
    work: (span: Span) => Promise<Result>,
    attributes?: Attributes,
  ): Promise<Result>
  /** A point of the live chart, and of the metric's instrument. */
  sample(metric: string, value: number): void
  /** Writes the fault's undo to the journal, then starts it; the end of the arm undoes it. */
  inject(fault: Fault): Promise<AsyncDisposable>
  /** Releases the resource when the arm ends, however it ends. */
  use<Resource extends AsyncDisposable>(resource: Resource): Resource
  /** A further database of the arm's own: empty, gone when the arm ends. */
  emptyDatabase(): Promise<ArmDatabase>
}

/** What the independent probe asked for and measured. A bound is checked against the total over
 * the rounds; of numbers, the interval of the rounds' mean has to lie within `within` either way. */
export type Landing =
  { asked: AbsoluteBound; measured: number } | { asked: number; measured: number; within: number }

/** What a scenario may add to its record from the arms' evidence. */
export type ScenarioReport = Partial<BusinessReport> & { verdict?: Verdict }

/** The evidence of each arm, one per round. */
export type Evidence = Record<Arm, readonly unknown[]>

type Description<Parameters extends z.ZodObject, Metrics extends Record<string, Metric>> = {
  /** Kebab-case; also the file's name. */
  name: string
  /** The folder's name. */
  category: string
  title: string
  /** What production feels like when this happens. */
  summary: string
  targets: Target[]
  parameters: Parameters
  /** Counted up when the same parameters and seed no longer give the same schedule. @default 1 */
  version?: number
  /** One sentence. */
  hypothesis: string
  metrics: Metrics
  /** What to look for; why the remedy works; when not to use it. */
  lesson: string
  /** The reason why it can't run on this machine, or nothing. */
  requires?: () => Promise<string | undefined>
  /** Whether it can be switched on against a running system. @default false */
  live?: boolean
  /** The reason why it doesn't apply to a target, or nothing. @default it applies to none */
  appliesTo?: (target: TargetAddress) => Promise<string | undefined>
  /** Rounds to begin with, and at most when a bound needs more. @default { least: 5, most: 15 } */
  rounds?: { least: number; most: number }
  /** Smaller sizes for a quick run, under the same bounds. @default the parameters' own defaults */
  quick?: Partial<z.output<Parameters>>
  /** Time limit of one arm in one round. @default 60_000 */
  armLimitMs?: number
  /** Time limit of the whole run. @default 600_000 */
  runLimitMs?: number
}

type Arms<Parameters, Name extends string, Schedule> = {
  /** The independent probe: asked after the arm's sessions have ended. */
  landed(lab: ArmContext<Parameters, Schedule>, result: ArmResult<Name>): Promise<Landing>
  control(lab: ArmContext<Parameters, Schedule>): Promise<ArmResult<Name>>
  failure(lab: ArmContext<Parameters, Schedule>): Promise<ArmResult<Name>>
  remedy(lab: ArmContext<Parameters, Schedule>): Promise<ArmResult<Name>>
  /**
   * For a defect scenario: the failure arm with the defect's parameter switched off and nothing
   * else, for `pet lab prove`. A fault scenario needs none: there `inject` is stubbed.
   */
  withoutDefect?(lab: ArmContext<Parameters, Schedule>): Promise<ArmResult<Name>>
}

type Preparation<Parameters, Schedule> = {
  /** Fills the template that every arm's database is cloned from. */
  prepare?(lab: DrawContext<Parameters> & { database: ArmDatabase }): Promise<void>
  /** Draws one round's load and injections: pure, so that its hash is the seed's alone. */
  schedule?(lab: DrawContext<Parameters>): Schedule
}

type Reporting = {
  /** What the evidence adds to the record. */
  report?(evidence: Evidence): ScenarioReport
}

/** A scenario as the lab runs it, whatever its parameters, metrics and schedule are. */
export type Scenario = Description<z.ZodObject, Record<string, Metric>> &
  Preparation<Record<string, unknown>, unknown> &
  Arms<Record<string, unknown>, string, unknown> &
  Reporting

/**
 * Declares a scenario. Parameters and schedule are inferred, and the names of the metrics are
 * checked against what the arms return.
 *
 * @example see `scenarios/database/deadlock.ts`
 */
export function defineScenario<
  Parameters extends z.ZodObject,
  const Metrics extends Record<string, Metric>,
  Schedule,
>(
  scenario: Description<Parameters, Metrics> &
    Preparation<z.output<Parameters>, Schedule> &
    Arms<z.output<Parameters>, Extract<keyof NoInfer<Metrics>, string>, NoInfer<Schedule>> &
    Reporting,
): Scenario {
  return scenario
}

/** Counts are exact; measures vary from round to round. */
export function kindOf(metric: Metric): 'count' | 'measure' {
  return metric.kind ?? (/^(1|\{.*\})$/.test(metric.unit) ? 'count' : 'measure')
}
