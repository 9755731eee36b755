import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import { correctHistories } from '../testing/correct-history.ts'
import { faultsOfWitness, historyOf, type Plain } from '../testing/histories.ts'
import type { Anomaly } from './anomaly.ts'
import { findDuplicates } from './duplicates.ts'
import { findGaps } from './gaps.ts'
import type { Add, Element, History, Increment, Operation, State } from './history.ts'
import { precedes } from './history.ts'
import { findLostUpdates } from './lost-updates.ts'
import { findNonMonotonicReads } from './non-monotonic-reads.ts'
import { findPhantomReads } from './phantom-reads.ts'
import { findStaleReads } from './stale-reads.ts'
import { findWriteSkews } from './write-skews.ts'

type Happened = { history: History; finalState: State }
type Find = (happened: Happened) => Anomaly[]
/** Spoils what a correct system did; nothing where there is nothing to spoil. */
type Plant = (happened: Happened) => Happened | undefined

const lost: Find = ({ history, finalState }) => findLostUpdates(history, finalState)
const twice: Find = ({ history, finalState }) => findDuplicates(history, finalState)
const gaps: Find = ({ history, finalState }) =>
  findGaps(history, { sequences: ['log'], finalState })
const stale: Find = ({ history }) => findStaleReads(history)
const backwards: Find = ({ history }) => findNonMonotonicReads(history)
const phantoms: Find = ({ history }) => findPhantomReads(history)
const skews: Find = ({ history }) => findWriteSkews(history)

const numRuns = inject('depth') === 'full' ? 5_000 : 500

describe('planted in what a correct system did, an anomaly is found, and each witness is minimal', () => {
  test.each<[string, Find, Plant]>([
    ['an acknowledged element that is gone', lost, dropElement],
    ['acknowledged increments that are gone', lost, dropIncrement],
    ['two that read one version and wrote', lost, later(twoWriters, 'lost')],
    ['a write that came to nothing', lost, replacedInTheEnd],
    ['an element that is there twice', twice, repeatElement],
    ['a number given twice', twice, later(sameNumber, 'log')],
    ['a number delivered twice', twice, later(deliveredAgain, 'news')],
    ['a number that is missing', gaps, dropNumber],
    ['a number that a consumer went past', gaps, skipNumber],
    ['a list without what was there', stale, forgetElement],
    ['a sum without what was there', stale, forgetIncrement],
    ['a value that was replaced', stale, later(oldValue, 'plan')],
    ['an older value after a newer', backwards, later(oldValue, 'plan')],
    ['a list that has shrunk', backwards, later(shrunkenList, 'plan')],
    ['a sum that has shrunk', backwards, later(shrunkenSum, 'plan')],
    ['a row that was not there before', phantoms, later(newRow, 'plan')],
    ['two that did not see each other', skews, later(unseenBookings, 'plan')],
  ])('%s', (_, find, plant) => {
    let planted = 0
    fc.assert(
      fc.property(correctHistories, (happened) => {
        const spoilt = plant(happened)
        if (!spoilt) return
        planted++
        const found = find(spoilt)
        expect(found.length).toBeGreaterThan(0)
        const { finalState } = spoilt
        const faults = found.flatMap((anomaly) =>
          faultsOfWitness(anomaly, spoilt.history, (history) => find({ history, finalState })),
        )
        expect(faults).toEqual([])
      }),
      { numRuns },
    )
    expect(planted).toBeGreaterThan(0)
  })
})

function dropElement({ history, finalState }: Happened): Happened | undefined {
  const add = acknowledged(history, 'append')
  if (!add) return undefined
  return { history, finalState: without(finalState, 'entries', add.value) }
}

function dropIncrement({ history, finalState }: Happened): Happened | undefined {
  const sum = sumOf(history, () => true)
  return sum === 0 ? undefined : { history, finalState: { ...finalState, sold: sum - 1 } }
}

function replacedInTheEnd({ history, finalState }: Happened): Happened {
  const end = endOf(history)
  const operations: Plain[] = [
    { process: 'dora', kind: 'write', value: 'old', at: [end + 1, end + 2] },
    { process: 'emil', kind: 'write', value: 'new', at: [end + 3, end + 4] },
  ]
  const spoilt = appended(history, operations, 'plan')
  return { history: spoilt, finalState: { ...finalState, plan: 'old' } }
}

function repeatElement({ history, finalState }: Happened): Happened | undefined {
  const add = acknowledged(history, 'append')
  const entries = [...elements(finalState, 'entries')]
  return add && { history, finalState: { ...finalState, entries: [...entries, add.value] } }
}

function dropNumber({ history, finalState }: Happened): Happened | undefined {
  const recorded = new Set(adds(history, 'create').map(({ value }) => value))
  const missing = elements(finalState, 'log').find(
    (number) => recorded.has(Number(number) - 1) && recorded.has(Number(number) + 1),
  )
  if (missing === undefined) return undefined
  return { history, finalState: without(finalState, 'log', missing) }
}

function skipNumber({ history, finalState }: Happened): Happened | undefined {
  for (const process of ['anna', 'ben', 'cleo']) {
    const deliveries = history.operations.filter(
      (operation) =>
        operation.process === process && operation.kind === 'read' && operation.of === 'delivery',
    )
    if (deliveries.some(({ outcome }) => outcome === 'unknown')) continue
    const got = deliveries
      .filter(({ outcome }) => outcome === 'ok')
      .flatMap((operation) => ('value' in operation ? [operation.value].flat() : []))
    if (got.length < 3) continue
    return { history: forgetting(history, deliveries, got[1]), finalState }
  }
  return undefined
}

function forgetElement({ history, finalState }: Happened): Happened | undefined {
  for (const add of adds(history, 'append')) {
    const read = readAfter(history, add, 'collection')
    if (read) return { history: forgetting(history, [read], add.value), finalState }
  }
  return undefined
}

function forgetIncrement({ history, finalState }: Happened): Happened | undefined {
  const read = history.operations.find(
    (operation) =>
      operation.kind === 'read' &&
      operation.of === 'counter' &&
      operation.outcome === 'ok' &&
      sumOf(history, (increment) => precedes(increment, operation)) > 0,
  )
  if (!read) return undefined
  const value = sumOf(history, (increment) => precedes(increment, read)) - 1
  return { history: replaced(history, [read], () => value), finalState }
}

/** Adds what happened afterwards, about a key of its own. */
function later(happening: (end: number) => Plain[], key: string): Plant {
  return ({ history, finalState }) => ({
    history: appended(history, happening(endOf(history)), key),
    finalState,
  })
}

function twoWriters(end: number): Plain[] {
  const both = (process: string, value: string): Plain[] => [
    {
      process,
      transaction: process,
      kind: 'read',
      of: 'register',
      value: 'one',
      at: [end, end + 9],
    },
    { process, transaction: process, kind: 'write', value, at: [end, end + 9] },
  ]
  return [...both('dora', 'two'), ...both('emil', 'three'), ...both('fred', 'four')]
}

function sameNumber(end: number): Plain[] {
  return ['dora', 'emil'].map((process) => ({
    ...{ process, kind: 'create', value: 1_000, at: [end, end + 1] },
  }))
}

function deliveredAgain(end: number): Plain[] {
  const delivery = { process: 'dora', kind: 'read', of: 'delivery' }
  return [
    { ...delivery, value: [1, 2], at: [end, end + 1] },
    { ...delivery, value: [2, 3], at: [end + 2, end + 3] },
  ]
}

function oldValue(end: number): Plain[] {
  return [
    { process: 'dora', kind: 'write', value: 'old', at: [end + 1, end + 2] },
    { process: 'dora', kind: 'write', value: 'new', at: [end + 3, end + 4] },
    { process: 'emil', kind: 'read', of: 'register', value: 'new', at: [end + 5, end + 6] },
    { process: 'emil', kind: 'read', of: 'register', value: 'old', at: [end + 7, end + 8] },
  ]
}

function shrunkenList(end: number): Plain[] {
  return [
    { process: 'dora', kind: 'read', of: 'collection', value: ['a', 'b'], at: [end, end + 1] },
    { process: 'dora', kind: 'read', of: 'collection', value: ['b', 'c'], at: [end + 2, end + 3] },
  ]
}

function shrunkenSum(end: number): Plain[] {
  return [5, 7, 6].map((value, index) => ({
    ...{ process: 'dora', kind: 'read', of: 'counter', value },
    at: [end + index * 2, end + index * 2 + 1],
  }))
}

function newRow(end: number): Plain[] {
  const read = { process: 'dora', transaction: 'd', kind: 'read', of: 'collection' }
  return [
    { ...read, value: ['a'], at: [end, end + 9] },
    { process: 'emil', kind: 'append', value: 'b', at: [end + 1, end + 2] },
    { ...read, value: ['a', 'b'], at: [end, end + 9] },
  ]
}

function unseenBookings(end: number): Plain[] {
  return ['dora', 'emil', 'fred'].flatMap((process): Plain[] => {
    const unit = { process, transaction: process, at: [end, end + 9] as [number, number] }
    return [
      { ...unit, kind: 'read', of: 'collection', value: [] },
      { ...unit, kind: 'append', value: `booking of ${process}` },
    ]
  })
}

function acknowledged(history: History, kind: Add['kind']): Add | undefined {
  return adds(history, kind)[0]
}

function adds({ operations }: History, kind: Add['kind']): Add[] {
  return operations.filter(
    (operation): operation is Add => operation.kind === kind && operation.outcome === 'ok',
  )
}

function sumOf({ operations }: History, counts: (increment: Increment) => boolean): number {
  return operations
    .filter((operation) => operation.kind === 'increment')
    .filter((increment) => increment.outcome === 'ok' && counts(increment))
    .reduce((sum, { by }) => sum + by, 0)
}

function readAfter({ operations }: History, add: Add, of: string): Operation | undefined {
  return operations.find(
    (operation) =>
      operation.kind === 'read' &&
      operation.of === of &&
      operation.outcome === 'ok' &&
      precedes(add, operation),
  )
}

function endOf({ operations }: History): number {
  const ends = operations.map(({ completedAt }) => completedAt).filter(Number.isFinite)
  return Math.max(0, ...ends) + 1_000
}

function appended(history: History, operations: Plain[], key: string): History {
  const more = historyOf(operations.map((operation) => ({ ...operation, key }))).operations
  const all = [...history.operations, ...more].map((operation, index) => ({ ...operation, index }))
  return { ...history, operations: all }
}

function forgetting(history: History, reads: Operation[], element: unknown): History {
  return replaced(history, reads, (value) => [value].flat().filter((other) => other !== element))
}

function replaced(
  { initial, operations }: History,
  reads: Operation[],
  valueOf: (value: unknown) => unknown,
): History {
  return {
    initial,
    operations: operations.map((operation) =>
      reads.includes(operation) && 'value' in operation
        ? ({ ...operation, value: valueOf(operation.value) } as Operation) // of the same kind
        : operation,
    ),
  }
}

function elements(state: State, key: string): readonly Element[] {
  return state[key] as readonly Element[] // of a key that is a collection
}

function without(state: State, key: string, element: Element): State {
  return { ...state, [key]: elements(state, key).filter((other) => other !== element) }
}
