import { z } from 'zod'
import type { Attempt, PlantedDefect, WalkStep } from './api-types.ts'
import type { Random } from './random.ts'
import {
  defineScenario,
  type ArmContext,
  type Evidence,
  type Scenario,
  type ScenarioReport,
} from './scenario.ts'

/** A step of the walk as the document has it. */
export type Step = Pick<WalkStep, 'id' | 'sentence' | 'document'>

/** What a story is told with. `use` releases what it starts (a PET of its own) at the end. */
export type StoryContext<StepId extends string = string, Defect extends string = string> = {
  /** A fresh, empty database on the lab's own server; the URL is the superuser's. */
  database: { ownerUrl: string }
  seed: number
  random: Random
  signal: AbortSignal
  progress(message: string): void
  use<Resource extends AsyncDisposable>(resource: Resource): Resource
  /** The defect that this telling is to have in it; none when the rules are to hold. */
  defect: Defect | undefined
  /** Says that a step of the walk was seen to hold, and what was seen. Never say it unchecked. */
  held(step: StepId, saw?: string): void
}

/** A mistake that the business could live with unnoticed, and what notices it. */
export type Defect<Story, StepId extends string, Name extends string> = {
  name: Name
  /** What would be wrong if it were real. */
  sentence: string
  /** Plants it after the story was told, for a defect that `story` doesn't plant itself. */
  plant?(context: StoryContext<StepId, Name>, story: Story): Promise<void>
  /** The independent look, past the application (SQL, say), whether the defect is really there. */
  landed(context: StoryContext<StepId, Name>, story: Story): Promise<boolean>
  /** The detector: what smells, in a sentence, or nothing. Must be silent on a clean story. */
  smell(context: StoryContext<StepId, Name>, story: Story): Promise<string | undefined>
}

export type BusinessDefinition<Story, StepId extends string, DefectName extends string> = {
  name: string
  title: string
  summary: string
  hypothesis?: string
  lesson: string
  /** Written by hand from the document: what must happen, step by step. */
  walk: readonly (Step & { id: StepId })[]
  /** Tells the story as its people would, with `context.defect` in it if there is one. */
  story(context: StoryContext<StepId, DefectName>): Promise<Story>
  defects: readonly Defect<Story, StepId, DefectName>[]
  /** Tries to break the rules after a clean telling. */
  adversary(context: StoryContext<StepId, DefectName>, story: Story): Promise<Attempt[]>
  /** Time limit of an arm. @default 120_000 */
  armLimitMs?: number
}

type ControlEvidence = { walk: WalkStep[]; falseAlarms: string[] }
type FailureEvidence = { defects: PlantedDefect[] }
type RemedyEvidence = { attempts: Attempt[] }

/**
 * A business scenario: *control* tells the story as the rules say, *failure* tells it once more for
 * each defect, which its detector must find, and *remedy* lets the adversary at the real rules.
 * The verdict is *resolved*, *rule conflict* (a step of the walk does not hold) or *violated*.
 */
export function defineBusinessScenario<
  Story,
  const StepId extends string,
  const DefectName extends string,
>(business: BusinessDefinition<Story, StepId, DefectName>): Scenario {
  const defects = business.defects.length
  return defineScenario({
    name: business.name,
    category: 'business',
    title: business.title,
    summary: business.summary,
    targets: ['business'],
    parameters: z.object({}),
    hypothesis:
      business.hypothesis ??
      'The story ends as the rules say; what would break them is refused, harmless or detected.',
    lesson: business.lesson,
    rounds: { least: 1, most: 1 },
    armLimitMs: business.armLimitMs ?? 120_000,
    metrics: {
      stepsHeld: {
        unit: '{step}',
        help: 'Steps of the walk that hold',
        control: `= ${business.walk.length}`,
      },
      smells: {
        unit: '{smell}',
        help: 'Detectors that fire: none on the clean story, each on its own defect',
        control: '= 0',
        failure: `= ${defects}`,
      },
      attempts: { unit: '{attempt}', help: 'Attempts of the adversary', remedy: '> 0' },
      violations: {
        unit: '{attempt}',
        help: 'Attempts that broke a rule unnoticed',
        remedy: '= 0',
      },
    },
    landed: async (_lab, { evidence }) => ({
      asked: `= ${defects}`,
      measured:
        (evidence as Partial<FailureEvidence>).defects?.filter(({ landed }) => landed).length ?? 0,
    }),
    control: (lab) => tellClean(lab, business),
    failure: (lab) => tellEachDefect(lab, business, { planted: true }),
    remedy: (lab) => letAdversaryTry(lab, business),
    withoutDefect: (lab) => tellEachDefect(lab, business, { planted: false }),
    report: reportOf,
  })
}

/** Control: the walk as the document has it, and no detector may fire. */
async function tellClean<Story, StepId extends string, Name extends string>(
  lab: ArmContext,
  business: BusinessDefinition<Story, StepId, Name>,
) {
  const saw = new Map<StepId, string | undefined>()
  const falseAlarms: string[] = []
  let stopped: string | undefined
  try {
    await inTelling<StepId, Name, void>(lab, { saw }, async (context) => {
      const story = await business.story(context)
      for (const defect of business.defects) {
        const smell = await defect.smell(context, story)
        if (smell !== undefined) falseAlarms.push(`${defect.name}: ${smell}`)
      }
    })
  } catch (error) {
    if (lab.signal.aborted) throw error
    stopped = `The story stopped: ${error instanceof Error ? error.message : String(error)}`
  }
  const evidence: ControlEvidence = { walk: walkOf(business.walk, saw, stopped), falseAlarms }
  return {
    evidence,
    metrics: { stepsHeld: saw.size, smells: falseAlarms.length, attempts: 0, violations: 0 },
  }
}

/** Failure: the story once more for each defect, each on a database of its own. */
async function tellEachDefect<Story, StepId extends string, Name extends string>(
  lab: ArmContext,
  business: BusinessDefinition<Story, StepId, Name>,
  { planted }: { planted: boolean },
) {
  const defects: PlantedDefect[] = []
  const saw = new Map<StepId, string | undefined>()
  for (const { name, sentence, ...defect } of business.defects) {
    lab.progress(`${planted ? 'planting' : 'leaving out'} the defect ${name}`)
    await inTelling<StepId, Name, void>(
      lab,
      { saw, ...(planted && { defect: name }) },
      async (context) => {
        const story = await business.story(context)
        if (planted) await defect.plant?.(context, story)
        const landed = await defect.landed(context, story)
        const smell = await defect.smell(context, story)
        const detected = smell !== undefined
        defects.push({ name, sentence, landed, detected, ...(detected && { smell }) })
      },
    )
  }
  const evidence: FailureEvidence = { defects }
  const smells = defects.filter(({ detected }) => detected).length
  return { evidence, metrics: { stepsHeld: 0, smells, attempts: 0, violations: 0 } }
}

/** Remedy: the real rules, and somebody who wants them broken. */
async function letAdversaryTry<Story, StepId extends string, Name extends string>(
  lab: ArmContext,
  business: BusinessDefinition<Story, StepId, Name>,
) {
  const saw = new Map<StepId, string | undefined>()
  const attempts = await inTelling<StepId, Name, Attempt[]>(lab, { saw }, async (context) =>
    business.adversary(context, await business.story(context)),
  )
  const evidence: RemedyEvidence = { attempts }
  const violations = attempts.filter(({ met }) => met === 'violated').length
  return {
    evidence,
    metrics: { stepsHeld: saw.size, smells: 0, attempts: attempts.length, violations },
  }
}

/** One telling, on an empty database; what it used is released when it ends. */
async function inTelling<StepId extends string, Name extends string, Result>(
  lab: ArmContext,
  { saw, defect }: { saw: Map<StepId, string | undefined>; defect?: Name },
  tell: (context: StoryContext<StepId, Name>) => Promise<Result>,
): Promise<Result> {
  const { seed, random, signal, progress } = lab
  const database = await lab.emptyDatabase()
  await using used = new AsyncDisposableStack()
  return await tell({
    database,
    seed,
    random,
    signal,
    progress,
    defect,
    use: (resource) => used.use(resource),
    held: (step, what) => saw.set(step, what),
  })
}

function walkOf<StepId extends string>(
  walk: readonly (Step & { id: StepId })[],
  saw: ReadonlyMap<StepId, string | undefined>,
  stopped: string | undefined,
): WalkStep[] {
  const firstOpen = walk.find(({ id }) => !saw.has(id))
  return walk.map((step) => {
    const what = step === firstOpen ? stopped : saw.get(step.id)
    return { ...step, held: saw.has(step.id), ...(what !== undefined && { saw: what }) }
  })
}

/** What the record says of the business, from the one round's evidence. */
function reportOf(evidence: Evidence): ScenarioReport {
  const { walk = [], falseAlarms = [] } = (evidence.control[0] ?? {}) as Partial<ControlEvidence>
  const { defects = [] } = (evidence.failure[0] ?? {}) as Partial<FailureEvidence>
  const { attempts = [] } = (evidence.remedy[0] ?? {}) as Partial<RemedyEvidence>
  const unnoticed = defects.some(({ detected }) => !detected)
  const broken = attempts.some(({ met }) => met === 'violated')
  const report = { walk, attempts, defects }
  if (broken || unnoticed || falseAlarms.length > 0) return { verdict: 'violated', ...report }
  if (walk.some(({ held }) => !held)) return { verdict: 'rule conflict', ...report }
  return { verdict: 'resolved', ...report }
}
