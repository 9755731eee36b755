/**
 * What the lab says over HTTP, on the command line and in its records: plain JSON shapes, shared
 * with the web page. Nothing here but types, so that a browser may import it.
 */

/** The three arms that every run compares. */
export type Arm = 'control' | 'failure' | 'remedy'

/** What a scenario acts on. */
export type Target =
  | 'http'
  | 'tcp'
  | 'database'
  | 'cache'
  | 'process'
  | 'disk'
  | 'clock'
  | 'dns'
  | 'browser'
  | 'model'
  | 'ledger'
  | 'business'

/** A running service to act on: what it is, and where. */
export type TargetAddress = { kind: Target; url: string }

/** How much a run does: `quick` takes few rounds and small sizes, under the same bounds. */
export type Depth = 'quick' | 'full'

/** One property of a scenario's parameters, as JSON Schema (draft 2020-12) gives it. */
export type ParameterSchema = {
  type: 'integer' | 'number' | 'string' | 'boolean'
  description?: string
  default?: unknown
  minimum?: number
  maximum?: number
  enum?: (string | number)[]
}

/** The JSON Schema of a scenario's parameters: enough to build a form or a set of flags from. */
export type ParametersSchema = {
  type: 'object'
  properties: Record<string, ParameterSchema>
  required?: string[]
  additionalProperties?: boolean
}

/** One row of `pet lab list --json`. */
export type ScenarioRow = {
  name: string
  category: string
  title: string
  targets: Target[]
  /** Whether it can also be switched on against a running system. */
  live: boolean
  parameters: ParametersSchema
}

/** `GET /api/lab/scenarios` → `{ scenarios: ScenarioSummary[] }`. */
export type ScenarioSummary = ScenarioRow & { summary: string }

/** One metric of a scenario: its unit and, per arm, the bound that it must meet, such as `'> 0'`. */
export type MetricDescription = {
  name: string
  unit: string
  help: string
  /** Counts are exact and added up over the rounds; measures are means with an interval. */
  kind: 'count' | 'measure'
  bounds: Partial<Record<Arm, string>>
}

/** `GET /api/lab/scenarios/:name`. */
export type ScenarioDetails = ScenarioSummary & {
  hypothesis: string
  lesson: string
  metrics: MetricDescription[]
  /** TypeScript source of the two arms and the functions they use, to be read side by side. */
  source: { failure: string; remedy: string }
  /** The parameters that a quick run has instead of the defaults; absent when it has the same. */
  quick?: Record<string, unknown>
  /** Why it can't run on this machine; absent when it can. */
  missing?: string
}

/** Body of `POST /api/lab/runs`; the answer is 202 `{ id }`. */
export type RunRequest = {
  name: string
  seed?: number
  parameters?: Record<string, unknown>
  rounds?: number
  /** @default full */
  depth?: Depth
  /** Where the service to act on answers: `http://host:port`, `tcp://host:port` or `postgres://…`. */
  target?: string
}

/** Interval wholly inside its bound, wholly outside, or astride after the last allowed round. */
export type BoundOutcome = 'met' | 'not met' | 'inconclusive'

/** A bound as it was checked: `value` and `interval` are in the metric's unit, or, when the bound
 * is relative (`0.8x control`), the ratio to control. */
export type CheckedBound = {
  arm: Arm
  metric: string
  bound: string
  value: number
  interval: [low: number, high: number]
  outcome: BoundOutcome
}

/** What one arm measured. A count's value is its total over the rounds, a measure's its mean. */
export type MeasuredMetric = {
  value: number
  /** 95 % bootstrap interval of the mean; for a count the exact value twice. */
  interval: [low: number, high: number]
  rounds: number[]
}

/** Of a histogram with three significant digits; all zero where nothing was counted. */
export type Distribution = {
  count: number
  meanMs: number
  p50Ms: number
  p90Ms: number
  p99Ms: number
  p999Ms: number
  maxMs: number
}

/** What a load asked for and what came back, of the calls after its warm-up. */
export type LoadReport = {
  /** Open: calls start by a schedule, whatever comes back. Closed: each worker waits for its answer. */
  model: 'open' | 'closed'
  /** How many calls were to be made, and what became of each. */
  intended: number
  /** The right answer within the deadline. */
  ok: number
  /** An answer within the deadline, but not the right one. */
  wrong: number
  failed: number
  timedOut: number
  /** Never begun: as many as allowed were under way, or the deadline had passed already. */
  shed: number
  /** Given up at the deadline, but still at work when the load ended. */
  abandoned: number
  /** What was wrong or failed, by code. */
  errors: Record<string, number>
  /** From the first to the last intended start: what the rates are taken over. */
  windowMs: number
  /** Answers per second, right or wrong, that came within the window. */
  throughput: number
  /** Right answers within the deadline per second. */
  goodput: number
  /** From the intended start, of all calls that began: one that was given up counts until then. */
  latency: Distribution
  latencyOfOk: Distribution
  /** From the actual start: how long the subject took, without the time a call waited to begin. */
  service: Distribution
  /** Whether an open load kept its schedule: nothing shed, and begun in time. */
  schedule?: { keptUp: boolean; lateness: Distribution; latenessLimitMs: number }
  /** The slowest of the calls that carried a trace id, so that telemetry can show what they met. */
  slowestTraced: { traceId: string; latencyMs: number; outcome: string }[]
}

export type ArmRecord = {
  metrics: Record<string, MeasuredMetric>
  /** The arm's loads, round by round, where it had any. */
  loads?: (readonly LoadReport[])[]
  /** What the arm showed besides figures, round by round, where it showed anything. */
  evidence?: unknown[]
}

/** The verdict in a word or two. The last three are those of business scenarios. */
export type Verdict =
  | 'as hypothesised'
  | 'not landed'
  | 'not demonstrated'
  | 'remedy fails'
  | 'not restored'
  | 'inconclusive'
  | 'resolved'
  | 'rule conflict'
  | 'violated'

/** A step of a business scenario's walk, and whether the run saw it hold. */
export type WalkStep = {
  id: string
  sentence: string
  document: string
  held: boolean
  saw?: string
}

/** One attempt of the adversary against the real rules, and what met it. */
export type Attempt = {
  as: string
  did: string
  met: 'refused' | 'harmless' | 'detected' | 'violated'
  /** Id of the rule that refused it. */
  rule?: string
  /** What was answered, such as `412 version-moved`. */
  answer?: string
  /** Position in the log that a detector named, or of the event that made it harmless. */
  position?: number
}

/** A defect that was planted on purpose. */
export type PlantedDefect = {
  name: string
  sentence: string
  /** Whether an independent look found it in place. */
  landed: boolean
  detected: boolean
  /** What its detector said. */
  smell?: string
}

/** What a business scenario adds to its record. */
export type BusinessReport = {
  walk: WalkStep[]
  attempts: Attempt[]
  defects: PlantedDefect[]
}

/** The record of one run: what `pet lab run --json` prints and the history keeps. */
export type RunRecord = {
  id: string
  name: string
  category: string
  seed: number
  /** SHA-256 of the injection schedule: depends on seed, parameters and scenario alone. */
  scheduleHash: string
  verdict: Verdict
  /** The verdict in sentences. */
  words: string[]
  asHypothesised: boolean
  landed: 'confirmed' | 'mismatch' | 'inconclusive'
  demonstrated: boolean
  remedyHolds: boolean
  restored: boolean
  /** A sentence for each load that fell behind its schedule: the verdict is then *inconclusive*. */
  behind?: string[]
  /** The independent probe: what was asked for and what it measured. */
  probe: { asked: string; measured: number; measuredInControl: number }
  /** From the end of the rollback until control was steady again. */
  recoveryMs: number
  arms: Record<Arm, ArmRecord>
  bounds: CheckedBound[]
  rounds: number
  /** Absent from the records of earlier versions. */
  depth?: Depth
  /** What it acted on, without its password; absent when it made everything itself. */
  target?: TargetAddress
  parameters: Record<string, unknown>
  versions: Record<string, string>
  machine: { platform: string; processor: string; cores: number; memoryBytes: number }
  startedAt: string
  durationMs: number
  /** What was kept of its telemetry, and how much was beyond the bounds; its trace. */
  telemetry?: {
    traceId: string
    spans: number
    logs: number
    points: number
    leftOut: { spans: number; logs: number; points: number }
  }
} & Partial<BusinessReport>

/** SSE event `progress`. `elapsedMs` counts from the start of the run. */
export type ProgressEvent = {
  /** Absent while no arm is running (starting, restoring). */
  arm?: Arm
  /** From 1. */
  round: number
  /** Rounds planned so far; grows when a bound needs more. */
  rounds: number
  phase: 'starting' | 'preparing' | 'running' | 'restoring' | 'done'
  message: string
  elapsedMs: number
}

/** SSE event `sample`: `atMs` is the time that this arm has run, over all its rounds, so that the
 * three arms share one axis. */
export type SampleEvent = { arm: Arm; metric: string; atMs: number; value: number }

/** SSE event `ended`, the last one of a run that came to no verdict. */
export type EndedEvent = { status: 'cancelled' | 'failed' | 'skipped'; reason: string }

/** What `GET /api/lab/runs/:id/events` sends: late joiners get what they missed first. The stream
 * ends after `verdict` or `ended`. */
export type RunEvent =
  | { event: 'progress'; data: ProgressEvent }
  | { event: 'sample'; data: SampleEvent }
  | { event: 'verdict'; data: RunRecord }
  | { event: 'ended'; data: EndedEvent }

/** One row of `GET /api/lab/runs?limit=20&before=<id>` → `{ runs: RunRow[] }`, newest first. */
export type RunRow = {
  id: string
  name: string
  status: 'running' | 'finished' | 'cancelled' | 'failed' | 'skipped'
  seed: number
  startedAt: string
  durationMs?: number
  verdict?: Verdict
  asHypothesised?: boolean
}

/** `GET /api/lab/runs/:id`. */
export type RunView = RunRow &
  (
    | { status: 'running'; progress?: ProgressEvent }
    | { status: 'finished'; record: RunRecord }
    | { status: 'cancelled' | 'failed' | 'skipped'; reason: string }
  )

/** What `pet lab prove <name> --json` prints. `ok` when the check tells real from stubbed. */
export type Proof = {
  name: string
  withoutFault: 'not demonstrated' | 'demonstrated'
  withoutRemedy: 'remedy fails' | 'remedy holds' | 'inconclusive'
  ok: boolean
} & Partial<Pick<BusinessReport, 'defects'>>

/** What `pet lab run` came to for one scenario: its record, or why there is none. `skipped`: it can't take place
 * here, and nothing was done; `failed`: the lab itself failed. */
export type RunResult =
  RunRecord | ({ name: string; category: string } & ({ skipped: string } | { failed: string }))

/** A figure of one arm in two runs. All are means per round, so that runs of different lengths compare. */
export type ComparedMetric = {
  arm: Arm
  metric: string
  values: [Pick<MeasuredMetric, 'value' | 'interval'>, Pick<MeasuredMetric, 'value' | 'interval'>]
  /** The second less the first, with its 95 % bootstrap interval. */
  difference: number
  interval: [low: number, high: number]
  /** `differs`: the interval does not hold zero. */
  outcome: 'differs' | 'no difference shown' | 'too few rounds'
}

/** What `pet lab compare` prints with `--json`, and `GET /api/lab/runs/:id/compare/:other` answers. */
export type RunComparison = {
  name: string
  runs: [string, string]
  verdicts: [Verdict, Verdict]
  /** What was not the same for both: read the differences with that in mind. */
  conditions: { what: string; values: [string, string] }[]
  metrics: ComparedMetric[]
}

/** Attributes of a span or a line, as OpenTelemetry has them; `scenario`, `run`, `arm` and `round` among them. */
export type TelemetryAttributes = Record<string, unknown>

/** A span of a run's trace. Times are microseconds; `startedUs` since 1970. */
export type TelemetrySpan = {
  traceId: string
  spanId: string
  parentId?: string
  name: string
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  startedUs: number
  durationUs: number
  status: 'unset' | 'ok' | 'error'
  attributes: TelemetryAttributes
  events: { name: string; atUs: number; attributes: TelemetryAttributes }[]
  links: { traceId: string; spanId: string; attributes: TelemetryAttributes }[]
}

/** A line of a run's log. */
export type TelemetryLog = {
  atUs: number
  severity: string
  body: string
  attributes: TelemetryAttributes
  traceId?: string
  spanId?: string
}

/** A point of a metric. `atMs`: the time that its arm has run, over all its rounds. */
export type TelemetryPoint = {
  metric: string
  arm: Arm
  round: number
  at: string
  atMs: number
  value: number
}

/** `GET /api/lab/runs/:id/traces?limit=500&after=0`, `…/logs` and `…/metrics`: in the order of writing. `next`, when
 * there may be more, is the `after` of the next page. */
export type TracesPage = { spans: TelemetrySpan[]; next?: number }
export type LogsPage = { logs: TelemetryLog[]; next?: number }
export type MetricsPage = { points: TelemetryPoint[]; next?: number }
