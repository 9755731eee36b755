import { inOrder, type Anomaly } from './anomaly.ts'
import { fewestLost, smallestAbove } from './counter-sums.ts'
import {
  addsOf,
  elementsIn,
  readsOf,
  type History,
  type Increment,
  type KnownRead,
  type State,
  type Write,
} from './history.ts'
import {
  latestOrigin,
  newestBefore,
  registerVersions,
  type RegisterVersions,
} from './register-versions.ts'

/**
 * Lost updates: acknowledged changes that are gone.
 *
 * - Two committed transactions read the same version of a register and both wrote it: P4 of Berenson et
 *   al. (A Critique of ANSI SQL Isolation Levels, 1995), Adya's G-single on one object (1999), found as
 *   Elle does (Kingsbury and Alvaro 2020): by values that tell versions apart. A value that may have been
 *   written twice says nothing. Where values recur (a balance), record increments and give the final state.
 * - In the final state, a counter holds less than its acknowledged increments add up to, a collection
 *   lacks an element that was acknowledged, or a register holds what an acknowledged write had replaced.
 *
 * The final state is what the keys held after everything had ended; keys that it does not name are not
 * judged by it. What failed or is unknown is never missed.
 */
export function findLostUpdates(history: History, finalState: State = {}): Anomaly[] {
  return [
    ...overwritten(history),
    ...lostIncrements(history, finalState),
    ...lostElements(history, finalState),
    ...lostWrites(history, finalState),
  ]
}

type ReadModifyWrite = { read: KnownRead<'register'>; write: Write }

function overwritten(history: History): Anomaly[] {
  const units = readModifyWrites(history)
  return [...Map.groupBy(units, ({ read }) => read.key)].flatMap(([key, ofKey]) => {
    const versions = registerVersions(history, key)
    const byVersion = Map.groupBy(ofKey, ({ read }) => read.value)
    return [...byVersion.values()].flatMap((group) => overwrittenIn(group, versions))
  })
}

/** What one transaction wrote over another's, of those that read the same value. */
function overwrittenIn(
  [first, ...others]: ReadModifyWrite[],
  { writersOf, isInitial }: RegisterVersions,
): Anomaly[] {
  if (!first) return []
  const { key, value } = first.read
  if (writersOf(value).length + (isInitial(value) ? 1 : 0) > 1) return []
  return others.map(({ read, write }) => ({
    ...{ kind: 'lost update' as const, key, count: 1 },
    sentence: `${first.read.process} and ${read.process} both read ${JSON.stringify(value)} and wrote, one over the other`,
    witness: inOrder([first.read, first.write, read, write]),
  }))
}

/** Of each committed transaction and register: what it read first, where it then wrote. */
function readModifyWrites(history: History): ReadModifyWrite[] {
  const touched = new Map<string, KnownRead<'register'> | 'written'>()
  const units: ReadModifyWrite[] = []
  const reads = new Set<unknown>(readsOf(history, 'register'))
  for (const operation of history.operations) {
    const { transaction, key, outcome } = operation
    if (transaction === undefined || outcome !== 'ok') continue
    const unit = JSON.stringify([transaction, key])
    const before = touched.get(unit)
    if (operation.kind === 'write') {
      if (before && before !== 'written') units.push({ read: before, write: operation })
      touched.set(unit, 'written')
    } else if (before === undefined && reads.has(operation)) {
      touched.set(unit, operation as KnownRead<'register'>) // being one of `reads`
    }
  }
  return units
}

function lostIncrements(history: History, finalState: State): Anomaly[] {
  const increments = history.operations.filter(
    (operation): operation is Increment =>
      operation.kind === 'increment' && operation.outcome === 'ok',
  )
  return [...Map.groupBy(increments, ({ key }) => key)].flatMap(([key, acknowledged]) => {
    const held = finalState[key]
    if (typeof held !== 'number') return []
    const initial = Number(history.initial[key] ?? 0)
    const witness = smallestAbove(acknowledged, held - initial)
    if (!witness) return []
    const sum = acknowledged.reduce((total, { by }) => total + by, initial)
    const sentence = `${sum} was acknowledged, and ${held} is there: ${sum - held} at least is lost`
    const count = fewestLost(acknowledged, held - initial)
    return [{ kind: 'lost update' as const, key, sentence, count, witness: inOrder(witness) }]
  })
}

function lostElements(history: History, finalState: State): Anomaly[] {
  const there = new Map(
    Object.keys(finalState).map((key) => [key, new Set(elementsIn(finalState, key))]),
  )
  const judged = addsOf(history).filter(({ key }) => Array.isArray(finalState[key]))
  return judged.flatMap((add): Anomaly[] => {
    if (add.outcome !== 'ok' || there.get(add.key)?.has(add.value)) return []
    const sentence = `${JSON.stringify(add.value)} was acknowledged and is not there`
    return [{ kind: 'lost update', key: add.key, sentence, count: 1, witness: [add] }]
  })
}

function lostWrites(history: History, finalState: State): Anomaly[] {
  const written = new Set(
    history.operations.filter(({ kind }) => kind === 'write').map(({ key }) => key),
  )
  return [...written].flatMap((key): Anomaly[] => {
    const held = finalState[key]
    if (held === undefined || Array.isArray(held)) return []
    const versions = registerVersions(history, key)
    const value = held as Exclude<typeof held, readonly unknown[]> // the line above
    const origin = latestOrigin(versions, value)
    const newer = newestBefore(versions, Number.POSITIVE_INFINITY)
    if (!origin || !newer || newer.invokedAt <= origin.thereAt) return []
    const sentence = `${JSON.stringify(newer.value)} was acknowledged, and ${JSON.stringify(value)}, which it replaced, is there`
    const witness = inOrder(origin.writer ? [origin.writer, newer] : [newer])
    return [{ kind: 'lost update', key, sentence, count: 1, witness }]
  })
}
