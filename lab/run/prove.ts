import type { Arm, Proof, RunRecord } from '../api-types.ts'
import { LabProblem } from '../lab-problem.ts'
import type { ArmContext, Scenario } from '../scenario.ts'
import type { Lab } from './open-lab.ts'
import { runScenario, type RunOrder } from './run-scenario.ts'

/**
 * The mutation check. Once with the injector, or the defect, switched off: the run must come out
 * *not demonstrated*. Once with the failure arm's code in the remedy's place: *remedy fails*. A
 * scenario that passes either way proves nothing.
 *
 * @throws LabProblem `bad-scenario` when there was nothing to switch off.
 */
export async function prove(lab: Lab, scenario: Scenario, order: RunOrder): Promise<Proof> {
  // Few rounds decide it: what is stubbed shows in the counts.
  const quick = { ...order, depth: 'quick' as const }
  const stub = withoutFault(scenario)
  const harmless = await runScenario(lab, stub.scenario, { ...quick, enough: refutes('failure') })
  if (stub.stubbed() === 0) {
    throw new LabProblem(
      'bad-scenario',
      `${scenario.name} injects nothing and has no withoutDefect`,
    )
  }
  const helpless = await runScenario(lab, withoutRemedy(scenario), {
    ...quick,
    enough: refutes('remedy'),
  })
  const { defects } = helpless
  const proof = {
    name: scenario.name,
    withoutFault: allMet(harmless, 'failure') ? 'demonstrated' : 'not demonstrated',
    withoutRemedy: remedyVerdict(helpless),
  } satisfies Partial<Proof>
  const ok = proof.withoutFault === 'not demonstrated' && proof.withoutRemedy === 'remedy fails'
  const blind = defects?.some(({ landed, detected }) => !landed || !detected) ?? false
  // A load that fell behind leaves bounds open, which is no proof that the fault makes them met.
  const keptUp = !harmless.behind && !helpless.behind
  return { ...proof, ok: ok && !blind && keptUp, ...(defects && { defects }) }
}

/** The scenario with its defect switched off, or else with an injector that does nothing. */
export function withoutFault(scenario: Scenario): { scenario: Scenario; stubbed(): number } {
  let stubbed = 0
  if (scenario.withoutDefect) {
    return { scenario: { ...scenario, failure: scenario.withoutDefect }, stubbed: () => 1 }
  }
  const inject: ArmContext['inject'] = async () => {
    stubbed++
    return { [Symbol.asyncDispose]: async () => {} }
  }
  const failure = (context: ArmContext) => scenario.failure({ ...context, inject })
  return { scenario: { ...scenario, failure }, stubbed: () => stubbed }
}

/** The scenario with the failure arm in the remedy's place. */
export function withoutRemedy(scenario: Scenario): Scenario {
  return { ...scenario, remedy: (context) => scenario.failure(context) }
}

function remedyVerdict(record: RunRecord): Proof['withoutRemedy'] {
  if (record.remedyHolds) return 'remedy holds'
  return anyNotMet(record, 'remedy') ? 'remedy fails' : 'inconclusive'
}

/** One bound that is not met says all that a proof asks; what else is open need not be decided. */
function refutes(arm: Arm): NonNullable<RunOrder['enough']> {
  return (judgement) => !judgement.undecided || anyNotMet(judgement, arm)
}

function anyNotMet({ bounds }: Pick<RunRecord, 'bounds'>, arm: Arm): boolean {
  return bounds.some((bound) => bound.arm === arm && bound.outcome === 'not met')
}

function allMet({ bounds }: RunRecord, arm: Arm): boolean {
  return bounds.every((bound) => bound.arm !== arm || bound.outcome === 'met')
}
