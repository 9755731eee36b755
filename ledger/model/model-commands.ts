import fc from 'fast-check'
import { expect } from 'vitest'
import type { Command, Expected, Outcome } from '../command.ts'
import type { Json } from '../json.ts'
import type { Fold, Ledger } from '../ledger.ts'
import { appendInSomeOrder, read, type MemoryEvent, type MemoryLedger } from './memory-ledger.ts'

/** The ledger as it should be; each command replaces it by what follows. */
export type Model = { memory: MemoryLedger }

/** The one under test. Names are made `own`, so that one database serves many runs. */
export interface Real {
  ledger: Ledger
  /** Another node on the same log. */
  other: Ledger
  /** A node that has nothing in memory takes the place of `ledger`. */
  restart: () => void
  own: (name: string) => string
}

type Step = fc.AsyncCommand<Model, Real>

/** Anything that may be done with a ledger. */
export function modelCommands(): fc.Arbitrary<Step>[] {
  const together = fc.array(append(plainEvent), { minLength: 1, maxLength: 5 })
  return [
    together.map(appendTogether),
    together.map(appendTogether),
    append(personalEvent).map(appendAboutPersons),
    fc.record({ stream, from: small, limit: fc.option(small, { nil: undefined }) }).map(readStream),
    fc.record({ after: fc.nat({ max: 30 }), limit: small, types: fc.option(types) }).map(readLog),
    stream.map(foldStream),
    commandId.map(readCommand),
    person.map(erasePerson),
    fc.constant(step('restart', async (_model, real) => real.restart())),
    fc.constant(step('head', readHead)),
  ]
}

const stream = fc.constantFrom('a', 'b', 'c', 'd')
const commandId = fc.integer({ min: 1, max: 30 }).map((number) => `command-${number}`)
const person = fc.constantFrom('anna', 'ben', 'cleo')
const type = fc.constantFrom('Noted', 'Closed', 'Opened')
const types = fc.uniqueArray(type, { minLength: 1 })
const small = fc.integer({ min: 1, max: 8 })

type DrawnEvent = { type: string; data: (own: Real['own']) => Json }
type DrawnAppend = {
  commandId: string
  streams: { stream: string; expected: Expected; events: DrawnEvent[] }[]
  reads: { stream: string; version: number }[]
}

const plainEvent: fc.Arbitrary<DrawnEvent> = fc.record({
  type,
  data: fc.jsonValue({ maxDepth: 2 }).map((data) => () => data as Json),
})

const personalEvent: fc.Arbitrary<DrawnEvent> = fc.record({
  type,
  data: fc
    .array(fc.record({ person, value: fc.option(fc.string()) }), { minLength: 1, maxLength: 3 })
    .map((values) => (own: Real['own']) => ({
      guests: values.map(({ person: name, value }) => ({
        ...{ kind: 'personal', person: own(name), value },
      })),
    })),
})

function append(event: fc.Arbitrary<DrawnEvent>): fc.Arbitrary<DrawnAppend> {
  return fc.record({
    commandId,
    streams: fc.uniqueArray(
      fc.record({
        stream,
        expected: fc.constantFrom<Expected[]>('any', 'any', 'any', 'none', 'exists', 0, 1, 2, 3),
        events: fc.array(event, { minLength: 1, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 3, selector: (one) => one.stream },
    ),
    reads: fc.array(fc.record({ stream, version: fc.nat({ max: 3 }) }), { maxLength: 1 }),
  })
}

function appendTogether(drawn: DrawnAppend[]): Step {
  return step(`append ${fc.stringify(drawn)}`, async (model, { ledger, other, own }) => {
    const commands = drawn.map((one) => toCommand(one, own))
    const outcomes = await Promise.all(
      commands.map((command, index) => (index % 3 === 2 ? other : ledger).append(command)),
    )
    follow(model, commands, outcomes)
  })
}

function appendAboutPersons(drawn: DrawnAppend): Step {
  return step(`append ${fc.stringify(drawn)}`, async (model, { ledger, own }) => {
    const command = toCommand(drawn, own)
    const { erased } = model.memory
    if (personsWithValues(command).some((name) => erased.has(name))) {
      await expect(ledger.append(command)).rejects.toMatchObject({ code: 'person-erased' })
    } else {
      follow(model, [command], [await ledger.append(command)])
    }
  })
}

function follow(model: Model, commands: Command[], outcomes: Outcome[]): void {
  const appends = commands.map((command, index) => ({ command, outcome: outcomes[index]! }))
  const memory = appendInSomeOrder(model.memory, appends)
  expect(memory, `No order explains ${fc.stringify(outcomes)}`).toBeDefined()
  model.memory = memory!
}

function readStream(drawn: { stream: string; from: number; limit: number | undefined }): Step {
  return step(`readStream ${fc.stringify(drawn)}`, async ({ memory }, { ledger, own }) => {
    const { from, limit } = drawn
    const name = own(drawn.stream)
    const found = await ledger.readStream(name, { from, ...(limit && { limit }) })
    const wanted = read(memory, (event) => event.stream === name && event.version >= from)
    expectSame(found, wanted.slice(0, limit))
  })
}

/** The other node may keep a snapshot too, for ten seconds also of persons who were erased here. */
function foldStream(drawn: string): Step {
  return step(`foldStream ${drawn}`, async ({ memory }, { ledger, other, own }) => {
    const wanted = read(memory, ({ stream: name }) => name === own(drawn))
    await other.readState(own(drawn), everything)
    const { state, version } = await ledger.readState(own(drawn), everything)
    expect(state).toEqual(wanted.map(({ data }) => data))
    expect(version).toBe(wanted.length)
  })
}

const everything: Fold<Json[]> = {
  initial: [],
  evolve: (state, { data }) => [...state, data],
  snapshot: { name: 'everything', version: 1, every: 2 },
}

function readLog(drawn: { after: number; limit: number; types: string[] | null }): Step {
  return step(`readLog ${fc.stringify(drawn)}`, async ({ memory }, { ledger }) => {
    const { limit, types: only } = drawn
    const after = memory.base + drawn.after
    const found = await ledger.readLog({ after, limit, ...(only && { types: only }) })
    const wanted = read(
      memory,
      (event) => event.position > after && (only?.includes(event.type) ?? true),
    )
    expectSame(found, wanted.slice(0, limit))
  })
}

function readCommand(drawn: string): Step {
  return step(`readCommand ${drawn}`, async ({ memory }, { ledger, own }) => {
    const wanted = read(memory, (event) => event.commandId === own(drawn))
    expectSame(await ledger.readCommand(own(drawn)), wanted)
  })
}

function erasePerson(drawn: string): Step {
  return step(`erasePerson ${drawn}`, async (model, { ledger, own }) => {
    await ledger.erasePerson(own(drawn))
    model.memory = { ...model.memory, erased: new Set([...model.memory.erased, own(drawn)]) }
  })
}

async function readHead({ memory }: Model, { ledger }: Real): Promise<void> {
  const { position } = await ledger.head()
  expect(position).toBe(memory.base + memory.events.length)
}

function expectSame(found: MemoryEvent[], wanted: MemoryEvent[]): void {
  const known = found.map(({ position, id, stream: name, version, type: kind, ...rest }) => ({
    ...{ position, id, stream: name, version, type: kind },
    ...{ commandId: rest.commandId, actor: rest.actor, data: rest.data },
  }))
  expect(known).toEqual(wanted)
}

function toCommand({ commandId: id, streams, reads }: DrawnAppend, own: Real['own']): Command {
  return {
    ...{ commandId: own(id), actor: 'tester' },
    streams: streams.map(({ stream: name, expected, events }) => ({
      ...{ stream: own(name), expected },
      events: events.map(({ type: kind, data }) => ({ type: kind, data: data(own) })),
    })),
    reads: reads.map(({ stream: name, version }) => ({ stream: own(name), version })),
  }
}

function personsWithValues({ streams }: Command): string[] {
  type Guests = { guests: { person: string; value: string | null }[] }
  return streams
    .flatMap(({ events }) => events.flatMap(({ data }) => (data as Guests).guests))
    .filter(({ value }) => value !== null)
    .map((guest) => guest.person)
}

function step(name: string, run: Step['run']): Step {
  return { check: () => true, run, toString: () => name }
}
