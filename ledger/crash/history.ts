import type { Command, Outcome } from '../command.ts'
import type { RecordedEvent } from '../recorded-event.ts'

/** What was asked for, and every answer that was heard: what was lost on the way is not there. */
export interface Asked {
  command: Command
  outcomes: Outcome[]
}

export type LoggedEvent = Pick<
  RecordedEvent,
  'position' | 'id' | 'stream' | 'version' | 'commandId' | 'data'
>

/**
 * Holds a log against all that was ever asked of it. A conflict is for good here: commands expect
 * an exact version, none or any, and versions only grow.
 *
 * @returns a sentence for each thing that is wrong.
 */
export function findFaults(history: Asked[], log: LoggedEvent[]): string[] {
  const found = Map.groupBy(log, ({ commandId }) => commandId)
  const known = new Set(history.map(({ command }) => command.commandId))
  return [
    ...findGaps(log),
    ...[...found.keys()]
      .filter((id) => !known.has(id))
      .map((id) => `${id} is in the log, and nobody asked for it`),
    ...history.flatMap((asked) => findCommandFaults(asked, found.get(asked.command.commandId))),
  ]
}

function findGaps(log: LoggedEvent[]): string[] {
  const versions = new Map<string, number>()
  return log.flatMap(({ position, stream, version }, index) => {
    const expected = (versions.get(stream) ?? 0) + 1
    versions.set(stream, version)
    return [
      ...(position === index + 1
        ? []
        : [`Position ${index + 1} is missing: ${position} stands there`]),
      ...(version === expected ? [] : [`${stream} has version ${version} for ${expected}`]),
    ]
  })
}

function findCommandFaults({ command, outcomes }: Asked, found: LoggedEvent[] = []): string[] {
  const { commandId } = command
  const faults: string[] = []
  const written = command.streams.flatMap(({ stream, events }) =>
    events.map(({ data }) => JSON.stringify([stream, data])),
  )
  const read = found.map(({ stream, data }) => JSON.stringify([stream, data]))
  if (found.length > 0 && read.join() !== written.join()) {
    const kind = read.length > written.length ? 'doubled' : 'torn'
    faults.push(`${commandId} is ${kind}: ${read.length} events of ${written.length}`)
  }
  const places = JSON.stringify(
    found.map(({ position, stream, version, id }) => [position, stream, version, id]),
  )
  for (const outcome of outcomes) {
    if (outcome.outcome === 'conflict') {
      if (found.length > 0) faults.push(`${commandId} met a conflict, and is in the log`)
      continue
    }
    const said = JSON.stringify(
      outcome.events.map(({ position, stream, version, id }) => [position, stream, version, id]),
    )
    if (found.length === 0) faults.push(`${commandId} was acknowledged, and is lost`)
    else if (said !== places) faults.push(`${commandId} is not where an answer said: ${said}`)
  }
  if (outcomes.filter(({ outcome }) => outcome === 'appended').length > 1) {
    faults.push(`${commandId} was appended twice, as the answers have it`)
  }
  return faults
}
