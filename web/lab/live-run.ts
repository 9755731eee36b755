import type { Arm, ProgressEvent, RunEvent } from '@pet/lab/api-types'

/** Points of one arm: times and values of the same length. */
export type Points = { atMs: number[]; values: number[] }

/** What has been seen of a run so far. */
export type LiveRun = {
  progress: ProgressEvent | undefined
  /** By metric and arm. */
  samples: Record<string, Record<Arm, Points>>
  /** Whether the run came to its end, one way or the other. */
  ended: boolean
}

/** More points than this per arm and metric are thinned out: no screen shows more. */
const mostPoints = 2_000

export const nothingSeen: LiveRun = { progress: undefined, samples: {}, ended: false }

/** What is known after these events, in order; the run before it is left as it was. */
export function afterEvents(run: LiveRun, events: RunEvent[]): LiveRun {
  const samples = { ...run.samples }
  let { progress, ended } = run
  const own = new Set<string>()
  for (const event of events) {
    if (event.event === 'progress') progress = event.data
    else if (event.event === 'sample') {
      const { metric, arm, atMs, value } = event.data
      if (!own.has(metric)) samples[metric] = copyOf(samples[metric])
      own.add(metric)
      const points = samples[metric]?.[arm]
      points?.atMs.push(atMs)
      points?.values.push(value)
    } else ended = true
  }
  for (const metric of own) samples[metric] = thinned(samples[metric])
  return { progress, samples, ended }
}

function copyOf(arms: Record<Arm, Points> | undefined): Record<Arm, Points> {
  const copy = (points: Points | undefined): Points => ({
    atMs: [...(points?.atMs ?? [])],
    values: [...(points?.values ?? [])],
  })
  return {
    control: copy(arms?.control),
    failure: copy(arms?.failure),
    remedy: copy(arms?.remedy),
  }
}

function thinned(arms: Record<Arm, Points> | undefined): Record<Arm, Points> {
  const thin = ({ atMs, values }: Points): Points =>
    atMs.length <= mostPoints
      ? { atMs, values }
      : { atMs: everySecond(atMs), values: everySecond(values) }
  const { control, failure, remedy } = copyOf(arms)
  return { control: thin(control), failure: thin(failure), remedy: thin(remedy) }
}

function everySecond(list: number[]): number[] {
  return list.filter((_, index) => index % 2 === 0)
}
