import { readStreamAfter, type Reader } from './read.ts'
import type { RecordedEvent } from './recorded-event.ts'
import { dropSnapshot, findSnapshot, keepSnapshot, type SnapshotPolicy } from './snapshot.ts'

/** How a stream becomes a state. */
export interface Fold<State> {
  initial: State
  /** Depends on nothing but its arguments, and changes neither. */
  evolve: (state: State, event: RecordedEvent) => State
  /** Keeps a state now and then, to go on from it the next time. @default none: every event is read */
  snapshot?: SnapshotPolicy
}

export interface Folded<State> {
  state: State
  /** The version of the stream that it stands for; 0 when there is no such stream. */
  version: number
}

const eventsAtOnce = 1_000
const eventsBetweenSnapshots = 500

/** The state of a stream as of now, from the last snapshot that holds, or else from the first event. */
export async function readState<State>(
  reader: Reader,
  stream: string,
  fold: Fold<State>,
): Promise<Folded<State>> {
  const { snapshot } = fold
  const found = snapshot ? await findSnapshot(reader, stream, snapshot) : 'none'
  const begin = typeof found === 'string' ? { state: fold.initial, version: 0, persons: [] } : found
  // The checksum says that a fold of this name and version has kept it: it is a State.
  const reached = await foldOn(reader, stream, fold, { ...begin, state: begin.state as State })
  if (snapshot) {
    const added = reached.version - begin.version
    const replace = found === 'broken'
    if (replace && reached.version === 0) await dropSnapshot(reader, stream, snapshot.name)
    else if (replace || added >= (snapshot.every ?? eventsBetweenSnapshots)) {
      await keepSnapshot(reader, stream, snapshot, { ...reached, replace })
    }
  }
  const { state, version } = reached
  return { state, version }
}

/** Folds what comes after a state already reached, and collects whose values have gone into it. */
async function foldOn<State>(
  reader: Reader,
  stream: string,
  { evolve }: Fold<State>,
  begin: Folded<State> & { persons: Iterable<string> },
): Promise<Folded<State> & { persons: Set<string> }> {
  let { state, version } = begin
  const persons = new Set(begin.persons)
  for (;;) {
    const part = await readStreamAfter(reader, stream, { after: version, limit: eventsAtOnce })
    for (const event of part.events) state = evolve(state, event)
    for (const person of part.persons) persons.add(person)
    version = part.events.at(-1)?.version ?? version
    if (part.events.length < eventsAtOnce) return { state, version, persons }
  }
}
