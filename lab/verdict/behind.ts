import type { Arm, LoadReport } from '../api-types.ts'

/** Each arm's loads, one entry per round. */
export type ArmLoads = Record<Arm, (readonly LoadReport[])[]>

/** A sentence for every load that did not keep its schedule: from such a run nothing follows. */
export function loadsBehind(loads: ArmLoads): string[] {
  return (Object.entries(loads) as [Arm, ArmLoads[Arm]][]).flatMap(([arm, rounds]) =>
    rounds.flatMap((reports, round) =>
      reports.flatMap((report) => sentenceOf(report, `round ${round + 1} of ${arm}`)),
    ),
  )
}

function sentenceOf({ schedule, intended, shed }: LoadReport, where: string): string[] {
  if (!schedule || schedule.keptUp) return []
  const { lateness, latenessLimitMs } = schedule
  const late = `calls began ${Math.round(lateness.p99Ms)} ms late at p99 (at most ${latenessLimitMs} is in time)`
  const dropped = `${shed} of ${intended} were shed: as many as allowed were under way, or their deadline had passed`
  const reasons = [...(lateness.p99Ms > latenessLimitMs ? [late] : []), ...(shed ? [dropped] : [])]
  return [`The load fell behind its schedule in ${where}: ${reasons.join('; ')}.`]
}
